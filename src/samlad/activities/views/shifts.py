"""HTTP only: shifts, and how many a team has."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.requests import SignedInRequest
from samlad.activities import actions, queries
from samlad.activities.actions import Entry, ShiftEntry
from samlad.activities.forms import ShiftForm, StaffingForm
from samlad.activities.models import Activity
from samlad.activities.views.offered import attempt, here, key_of, logging_for
from samlad.activities.vocabulary import ShiftRole
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.guard.entries import sent_by


def shift(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Log a shift after it has ended, or change one."""
    organisations = logging_for(request)
    had = None if pk is None else _get(request, pk)
    initial: dict[str, Any] = {
        "on": timezone.localdate(),
        "organisation": queries.own_first(request.user, organisations).pk,
    }
    if had is not None:
        names = ("on", "place", "area", "hours", "orientations")
        initial = {name: getattr(had, name) for name in names} | ShiftForm.initial_of(had.shift)
        initial["organisation"] = had.owner_id
    form = ShiftForm(request.POST or None, offered=here(organisations), initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _saved(request, form, had))
        if made is not None:
            messages.success(request, _("The shift is logged.") if had is None else _("Saved."))
            return redirect("activity", made.pk)
    key = request.POST.get("key") or str(uuid4())
    return render(request, "activities/shift.html", {"form": form, "key": key, "activity": had})


def _get(request: SignedInRequest, pk: int) -> Activity:
    found = queries.find(request.user, pk)
    if (
        found is None
        or not hasattr(found, "shift")
        or not policy.can(request.user, Permission.ACTIVITY_EDIT, found)
    ):
        raise Http404
    return found


def _saved(request: SignedInRequest, form: ShiftForm, had: Activity | None) -> Activity:
    sent = form.cleaned_data
    role = ShiftRole(sent["role"])
    inside = {sent["organisation"].municipality_id}
    entry = Entry(
        kind=queries.kinds(inside).get(code=actions.SHIFT_KINDS[role]),
        on=sent["on"],
        area=sent["area"],
        place=sent["place"],
        hours=sent["hours"],
        orientations=tuple(sent["orientations"]),
    )
    counted = ShiftEntry(
        role=role,
        daypart=sent["daypart"],
        **{name: form.counts(name) for name in ("contacts", "topics", "referrals")},
    )
    how: dict[str, Any] = {
        "entry": entry, "shift": counted, "by": request.user, "now": timezone.now(),
    }  # fmt: skip
    if had is not None:
        return actions.change(activity_id=had.pk, **how)
    return actions.log(organisation_id=sent["organisation"].pk, key=key_of(request), **how)


def staffing(request: SignedInRequest) -> HttpResponse:
    """Show how many each team was to be and was, month by month; say a month."""
    if not policy.can_somewhere(request.user, Permission.ACTIVITY_READ):
        raise Http404
    organisations = queries.organisations_logging(request.user)
    initial: dict[str, Any] = {"month": timezone.localdate().replace(day=1)}
    if organisations:
        initial["organisation"] = queries.own_first(request.user, organisations).pk
    form = StaffingForm(
        request.POST or None, offered={"organisation": organisations}, initial=initial
    )
    if request.method == "POST" and organisations and form.is_valid():
        sent = sent_by(form)
        actions.staff(
            organisation_id=sent.pop("organisation").pk,
            by=request.user,
            now=timezone.now(),
            **sent,
        )
        messages.success(request, _("Saved."))
        return redirect("staffing")
    context = {
        "rows": queries.staffing(request.user),
        "trend": queries.staffing_trend(request.user),
        "form": form if organisations else None,
    }
    return render(request, "activities/staffing.html", context)
