"""HTTP only: an organisation's week as a table, written line by line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from samlad.accounts.requests import SignedInRequest
from samlad.activities import actions, queries
from samlad.activities.actions import Entry
from samlad.activities.forms import WeekLine
from samlad.activities.models import Activity
from samlad.activities.views.offered import attempt, logging_for
from samlad.calendar.holidays import week_start
from samlad.organisations.models import Organisation
from samlad.places.models import Area

LINES = 7


def week(request: SignedInRequest) -> HttpResponse:
    """Show what an organisation has logged of a week, and take in several lines at once."""
    organisations = logging_for(request)
    organisation = _chosen(request, organisations)
    monday = _monday(request)
    again = queries.week(request.user, organisation, monday - timedelta(7))
    repeated = again if request.GET.get("som") == "forra" else []
    lines = _lines(request, organisation, monday, repeated)
    invalid = [line for line in lines if request.method == "POST" and not line.is_valid()]
    if request.method == "POST" and not invalid:
        written = [line for line in lines if line.cleaned_data["kind"]]
        logged = sum(_log(request, line, organisation) for line in written)
        text = ngettext("%(n)s row is logged.", "%(n)s rows are logged.", logged)
        messages.success(request, text % {"n": logged})
        if logged == len(written):
            return redirect(f"{reverse('activity_week')}?org={organisation.pk}&vecka={monday}")
    context = {
        "organisations": organisations,
        "organisation": organisation,
        "monday": monday,
        "last": monday + timedelta(6),
        "before": monday - timedelta(7),
        "after": monday + timedelta(7),
        "is_over": monday + timedelta(7) <= timezone.localdate(),
        "rows": [
            (one, queries.participants(one))
            for one in queries.week(request.user, organisation, monday)
        ],
        "repeatable": len(again),
        "lines": lines,
    }
    return render(request, "activities/week.html", context)


def _chosen(request: SignedInRequest, organisations: list[Organisation]) -> Organisation:
    asked = request.GET.get("org", "")
    own = queries.own_first(request.user, organisations)
    return next((one for one in organisations if str(one.pk) == asked), own)


def _monday(request: SignedInRequest) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("vecka", ""))
    except ValueError:
        asked = timezone.localdate()
    return min(max(week_start(asked), date(2000, 1, 3)), week_start(timezone.localdate()))


def _lines(
    request: SignedInRequest, organisation: Organisation, monday: date, repeated: list[Activity]
) -> list[WeekLine]:
    here = organisation.municipality_id
    areas = Area.objects.valid_on(timezone.localdate()).filter(municipality=here)
    offered = {
        "kind": queries.kinds({here}).filter(is_shift=False),
        "area": areas.defer("boundary"),
    }
    days = [monday + timedelta(n) for n in range(7)]
    first: list[dict[str, Any]] = [
        {"kind": one.kind_id, "on": one.on + timedelta(7), "what": one.what, "area": one.area_id}
        for one in repeated
        if not one.kind.is_shift
    ]
    return [
        WeekLine(
            request.POST or None,
            prefix=f"rad{number}",
            days=days,
            offered=offered,
            initial={"key": uuid4(), **(first[number] if number < len(first) else {})},
        )
        for number in range(max(LINES, len(first)))
    ]


def _log(request: SignedInRequest, line: WeekLine, organisation: Organisation) -> bool:
    """Log one line, once however often it is sent; a refusal is shown at the line."""
    sent = dict(line.cleaned_data)
    sent.pop(line.CONFIRM, None)
    key = sent.pop("key") or uuid4()
    sent["on"] = date.fromisoformat(sent["on"])
    made = attempt(
        line,
        lambda: actions.log(
            organisation_id=organisation.pk,
            key=key,
            entry=Entry(**sent),
            by=request.user,
            now=timezone.now(),
        ),
    )
    return made is not None
