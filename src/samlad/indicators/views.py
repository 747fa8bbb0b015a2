"""HTTP only."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.indicators import actions, charts, queries, series_file, speed_file
from samlad.indicators.forms import (
    IndicatorForm,
    SeriesFileForm,
    SpeedFileForm,
    SpeedForm,
    ValueForm,
)
from samlad.indicators.models import SpeedMeasurement
from samlad.indicators.rules import NotAllowed
from samlad.indicators.series_file import BadSeriesFile
from samlad.indicators.speed_file import BadSpeedFile, Speed
from samlad.organisations.models import Organisation
from samlad.places.models import Place
from samlad.ui.fields import attempting, day_after

FILE_AT_MOST = 5 * 1024 * 1024

attempt = attempting(NotAllowed)


def _organisations(request: SignedInRequest) -> list[Organisation]:
    scopes = policy.scopes_where(request.user, Permission.INDICATOR_EDIT)
    condition = policy.scope_filter(scopes, owner="pk")
    return list(Organisation.objects.filter(condition, active=True).order_by("name"))


@require_safe
def indicators(request: SignedInRequest) -> HttpResponse:
    """List the series."""
    if not policy.can_somewhere(request.user, Permission.INDICATOR_READ):
        raise Http404
    context = {
        "rows": queries.indicators(request.user),
        "may_edit": bool(_organisations(request)),
    }
    return render(request, "indicators/indicators.html", context)


def add(request: SignedInRequest) -> HttpResponse:
    """Add a series."""
    organisations = _organisations(request)
    if not organisations:
        raise Http404
    form = IndicatorForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        sent = dict(form.cleaned_data)
        sent.pop(form.CONFIRM, None)
        owner = sent.pop("organisation").pk
        made = attempt(
            form,
            lambda: actions.add_indicator(
                organisation_id=owner, by=request.user, now=timezone.now(), **sent
            ),
        )
        if made is not None:
            return redirect("indicator", made.pk)
    return render(request, "indicators/add.html", {"form": form})


def indicator(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a series with its chart and its table; take a value in."""
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    may_edit = policy.can(request.user, Permission.INDICATOR_EDIT, found)
    form = ValueForm(request.POST or None, initial={"retrieved_on": timezone.localdate()})
    if request.method == "POST":
        if not may_edit:
            raise Http404
        if form.is_valid():
            sent = dict(form.cleaned_data)
            sent.pop(form.CONFIRM, None)
            sent["ends_before"] = day_after(sent.pop("ends_on"))
            try:
                actions.add_value(indicator_id=pk, by=request.user, now=timezone.now(), **sent)
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return redirect("indicator", pk)
    rows = queries.values(found)
    context = {
        "indicator": found,
        "rows": rows,
        "form": form,
        "may_edit": may_edit,
        "chart": charts.series(found, rows),
    }
    return render(request, "indicators/indicator.html", context)


def take_in(request: SignedInRequest) -> HttpResponse:
    """Take a CSV file of values in."""
    organisations = _organisations(request)
    if not organisations:
        raise Http404
    form = SeriesFileForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > FILE_AT_MOST:
                raise BadSeriesFile(_("The file is too large."))
            rows, faults = series_file.read(upload.read(), today=timezone.localdate())
        except BadSeriesFile as refusal:
            form.add_error("file", str(refusal))
        else:
            authority = organisations[0].municipality.process_authority_id
            owner = next((one for one in organisations if one.pk == authority), organisations[0])
            taken, refused = actions.take_in(
                organisation_id=owner.pk, rows=rows, by=request.user, now=timezone.now()
            )
            faults += refused
            messages.success(
                request,
                ngettext("%(n)s new value.", "%(n)s new values.", taken) % {"n": taken},
            )
            if not faults:
                return redirect("indicators")
    context = {"form": form, "faults": faults, "columns": series_file.COLUMNS}
    return render(request, "indicators/take_in.html", context)


def speeds(request: SignedInRequest) -> HttpResponse:
    """List the speed measurements; take one in."""
    if not policy.can_somewhere(request.user, Permission.INDICATOR_READ):
        raise Http404
    owner = _authority(request)
    places = Place.objects.filter(municipality=owner.municipality if owner else None)
    form = SpeedForm(request.POST or None, offered={"place": places})
    if request.method == "POST" and owner is not None and form.is_valid():
        sent = dict(form.cleaned_data)
        last = sent.pop("ends_on")
        one = Speed(ends_before=day_after(last), **sent)
        made = attempt(form, lambda: _measured(request, owner, one))
        if made is not None:
            messages.success(request, _("Saved."))
            return redirect("speeds")
    context = {
        "rows": queries.speeds(request.user),
        "form": form if owner is not None else None,
        "columns": speed_file.COLUMNS,
    }
    return render(request, "indicators/speeds.html", context)


def _authority(request: SignedInRequest) -> Organisation | None:
    """Return the authority measurements are the municipality's of, where one may enter them."""
    municipality = working_in.find(request, request.user, Permission.INDICATOR_EDIT, whole=True)
    return None if municipality is None else municipality.process_authority


def _measured(request: SignedInRequest, owner: Organisation, one: Speed) -> SpeedMeasurement:
    return actions.measure_speed(
        organisation_id=owner.pk,
        one=one,
        by=request.user,
        now=timezone.now(),
        today=timezone.localdate(),
    )


def take_in_speeds(request: SignedInRequest) -> HttpResponse:
    """Take a file of speed measurements in."""
    owner = _authority(request)
    if owner is None:
        raise Http404
    form = SpeedFileForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > FILE_AT_MOST:
                raise BadSpeedFile(_("The file is too large."))
            with tempfile.NamedTemporaryFile() as kept:
                kept.write(upload.read())
                kept.flush()
                rows, faults = speed_file.read(
                    Path(kept.name),
                    owner.municipality,
                    name=upload.name,
                    today=timezone.localdate(),
                )
        except BadSpeedFile as refusal:
            form.add_error("file", str(refusal))
        else:
            for one in rows:
                _measured(request, owner, one)
            messages.success(
                request,
                ngettext("%(n)s measurement.", "%(n)s measurements.", len(rows)) % {"n": len(rows)},
            )
            if not faults:
                return redirect("speeds")
    context = {"form": form, "faults": faults, "columns": speed_file.COLUMNS}
    return render(request, "indicators/take_in.html", context)
