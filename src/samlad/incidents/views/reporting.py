"""HTTP only: reporting one incident."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.requests import SignedInRequest
from samlad.incidents import browsing, report_actions
from samlad.incidents.forms.reporting import ReportForm
from samlad.incidents.models import Category, Incident
from samlad.incidents.report_actions import Report
from samlad.places.models import Area

DAMAGE = ("skadegorelse", "klotter", "anlagd-brand", "inbrott-lokal")  # where a cost is asked for


def report(request: SignedInRequest) -> HttpResponse:
    """Take a report of one incident."""
    organisations = report_actions.organisations_to_report_for(request.user)
    if not organisations:
        raise Http404
    now = timezone.localtime()
    municipality = organisations[0].municipality
    form = ReportForm(
        request.POST or None,
        organisations=organisations,
        areas=browsing.areas_to_browse(municipality, now.date()),
        now=now.replace(tzinfo=None),
        initial={"key": uuid.uuid4()},
    )
    if request.method == "POST" and form.is_valid():
        made = report_actions.report(
            organisation_id=form.cleaned_data["organisation"].pk,
            report=_report(form.cleaned_data),
            by=request.user,
            now=now,
        )
        messages.success(request, _receipt(made, sent_area=form.cleaned_data["area"]))
        return redirect("report")
    damage = Category.objects.filter(code__in=DAMAGE).values_list("pk", flat=True)
    context = {"form": form, "municipality": municipality, "damage": list(damage)}
    return render(request, "incidents/report.html", context)


def _receipt(made: Incident, *, sent_area: Area | None) -> str:
    """Return what was taken in, without what was written: the words may wait for review."""
    where = made.place or made.area or sent_area
    return _("Thank you. The report is in: %(what)s, %(when)s%(where)s.") % {
        "what": made.category,
        "when": f"{timezone.localtime(made.starts_at):%Y-%m-%d %H:%M}",
        "where": f", {where}" if where else "",
    }


def _report(sent: dict[str, Any]) -> Report:
    place, area = sent["place"], sent["area"]
    words = "" if place else sent["where"]
    return Report(
        key=sent["key"],
        category=sent["category"],
        span=sent["span"],
        place=place.name if place else words,
        area=area.name if area else "",
        latitude=sent["latitude"] if sent["longitude"] is not None else None,
        longitude=sent["longitude"] if sent["latitude"] is not None else None,
        quantity=sent["quantity"],
        police_reported=sent["police_reported"],
        cost_kr=sent["cost_kr"],
        property_owner=sent["property_owner"],
        text=sent["text"],
    )
