"""HTTP only."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.indicators import actions, charts, queries, series_file
from samlad.indicators.forms import IndicatorForm, SeriesFileForm, ValueForm
from samlad.indicators.rules import NotAllowed
from samlad.indicators.series_file import BadSeriesFile
from samlad.organisations.models import Organisation

FILE_AT_MOST = 5 * 1024 * 1024


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
        made = actions.add_indicator(
            organisation_id=sent.pop("organisation").pk, by=request.user, now=timezone.now(), **sent
        )
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
            sent["ends_before"] = sent.pop("ends_on") + timedelta(1)
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
