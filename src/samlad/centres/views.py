"""HTTP only: safety centres."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.activities import queries as activities
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.centres import actions, queries
from samlad.centres.forms import BookingForm, CentreForm, ClosureForm, VisitsForm
from samlad.centres.models import Centre
from samlad.centres.rules import NotAllowed
from samlad.guard.entries import sent_by
from samlad.organisations.models import Organisation
from samlad.ui.fields import attempting

attempt = attempting(NotAllowed)


@require_safe
def centres(request: SignedInRequest) -> HttpResponse:
    """List the centres with the coming days."""
    if not policy.can_somewhere(request.user, Permission.ACTIVITY_READ):
        raise Http404
    today = timezone.localdate()
    context = {
        "rows": [(one, queries.days(one, today)) for one in queries.centres(request.user)],
        "may_add": bool(activities.organisations_logging(request.user)),
    }
    return render(request, "centres/centres.html", context)


def _get(request: SignedInRequest, pk: int, *, edit: bool = False) -> Centre:
    found = queries.find(request.user, pk)
    if found is None or (edit and not policy.can(request.user, Permission.ACTIVITY_EDIT, found)):
        raise Http404
    return found


def save(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Enter a centre, or change it."""
    organisations = activities.organisations_logging(request.user)
    had = None if pk is None else _get(request, pk, edit=True)
    if not organisations:
        raise Http404
    form = CentreForm(
        request.POST or None,
        offered={"organisation": organisations},
        initial={} if had is None else CentreForm.initial_of(had),
    )
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        organisation = sent.pop("organisation")
        made = attempt(
            form,
            lambda: actions.save_centre(
                centre_id=pk, organisation_id=organisation.pk, by=request.user,
                now=timezone.now(), **sent,
            ),
        )  # fmt: skip
        if made is not None:
            return redirect("centre", made.pk)
    context = {"form": form, "title": _("Safety centre")}
    return render(request, "ui/form_page.html", context)


@require_safe
def centre(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one centre: its week, bookings and visits."""
    return render(request, "centres/centre.html", _page(request, _get(request, pk)))


def _page(request: SignedInRequest, found: Centre, **bound: Any) -> dict[str, Any]:
    today = timezone.localdate()
    may_edit = policy.can(request.user, Permission.ACTIVITY_EDIT, found)
    told, whole = queries.visits(found, today.year)
    return {
        "centre": found,
        "days": queries.days(found, today),
        "closures": queries.coming_closures(found, today),
        "bookings": queries.bookings(found, timezone.now()),
        "visits": told,
        "whole": whole,
        "year": today.year,
        "may_edit": may_edit,
        "closure_form": ClosureForm(),
        "booking_form": BookingForm(offered={"organisation": _organisations(found)}),
        "visits_form": VisitsForm(initial={"on": today}),
        **bound,
    }


def _organisations(found: Centre) -> Any:
    return Organisation.objects.filter(municipality=found.municipality_id, active=True)


@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a centre for some days."""
    found = _get(request, pk, edit=True)
    form = ClosureForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: actions.close(centre_id=pk, by=request.user, now=timezone.now(), **sent_by(form)),
    ):
        messages.success(request, _("Saved. Residents see it when it has been released."))
        return redirect("centre", pk)
    context = _page(request, found, closure_form=form)
    return render(request, "centres/centre.html", context, status=422)


@require_POST
def reopen(request: SignedInRequest, pk: int, closure: int) -> HttpResponse:
    """Take a closure away."""
    _get(request, pk, edit=True)
    actions.reopen(centre_id=pk, closure_id=closure, by=request.user, now=timezone.now())
    return redirect("centre", pk)


@require_POST
def book(request: SignedInRequest, pk: int) -> HttpResponse:
    """Book a centre."""
    found = _get(request, pk, edit=True)
    form = BookingForm(request.POST, offered={"organisation": _organisations(found)})
    if form.is_valid() and attempt(
        form,
        lambda: actions.book(
            centre_id=pk,
            organisation=form.cleaned_data["organisation"],
            what=form.cleaned_data["what"],
            by=request.user,
            now=timezone.now(),
            **form.moments(),
        ),
    ):
        messages.success(request, _("Booked."))
        return redirect("centre", pk)
    context = _page(request, found, booking_form=form)
    return render(request, "centres/centre.html", context, status=422)


@require_POST
def call_off(request: SignedInRequest, pk: int, booking: int) -> HttpResponse:
    """Call a booking off."""
    _get(request, pk, edit=True)
    actions.call_off(centre_id=pk, booking_id=booking, by=request.user, now=timezone.now())
    return redirect("centre", pk)


@require_POST
def count_visits(request: SignedInRequest, pk: int) -> HttpResponse:
    """Count a day's visits."""
    found = _get(request, pk, edit=True)
    form = VisitsForm(request.POST)
    if form.is_valid():
        try:
            actions.count_visits(
                centre_id=pk,
                on=form.cleaned_data["on"],
                counts=form.counts(),
                by=request.user,
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("centre", pk)
    context = _page(request, found, visits_form=form)
    return render(request, "centres/centre.html", context, status=422)
