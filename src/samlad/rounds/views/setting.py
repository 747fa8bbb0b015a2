"""HTTP only: the process, who is expected, who is sent what, and what is coming."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.calendar import actions as calendar_actions
from samlad.calendar import queries as calendar
from samlad.organisations.models import Municipality
from samlad.rounds import actions, dispatch_actions, queries, setting_actions, urgent
from samlad.rounds.clock import Cadence, HolidayWeeks
from samlad.rounds.forms.setting import (
    WEEKDAYS,
    BreakForm,
    ComingForm,
    DutyForm,
    ProcessForm,
    RecipientForm,
    ReporterForm,
)
from samlad.rounds.views.course import do
from samlad.rounds.workflow import BreakReason, Level


def _municipality(request: SignedInRequest) -> Municipality:
    """Return the municipality the person runs rounds in, or answer 404."""
    return working_in.require(request, request.user, Permission.ROUND_RUN, whole=True)


def process(request: SignedInRequest) -> HttpResponse:
    """Show the processes; set one up or change its clock."""
    municipality = _municipality(request)
    running = queries.processes(request.user)
    today = timezone.localdate()
    chosen = next(
        (one for one in running if one.cadence == request.GET.get("takt")),
        running[0] if running and "takt" not in request.GET else None,
    )
    form = ProcessForm(
        request.POST or None,
        others=queries.other_municipalities(request.user, municipality.pk),
        initial=_as_sent(chosen, today),
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        done = do(
            request,
            lambda: setting_actions.save_process(
                municipality_id=municipality.pk,
                name=sent["name"],
                cadence=Cadence(sent["cadence"]),
                first_on=sent["first_on"],
                moments=form.moments(),
                holidays=HolidayWeeks(sent["holidays"]),
                two_persons=sent["two_persons"],
                with_municipalities=tuple(one.pk for one in sent["with_municipalities"])
                if "with_municipalities" in sent
                else None,
                by=request.user,
                now=timezone.now(),
            ),
            _("Saved. Rounds that have begun keep their clock."),
        )
        if done:
            for one in queries.processes(request.user):
                actions.open_rounds(process_id=one.pk, now=timezone.now())
            return redirect("rounds")
    return render(request, "rounds/process.html", {"form": form, "processes": running})


def _as_sent(chosen: queries.Process | None, today: object) -> dict[str, object]:
    if chosen is None:
        return {"first_on": today}
    found: dict[str, object] = {
        "name": chosen.name,
        "cadence": chosen.cadence,
        "first_on": chosen.first_on,
        "holidays": chosen.holidays,
        "two_persons": chosen.two_persons,
        "with_municipalities": list(chosen.with_municipalities.all()),
    }
    for name, (days, clock_time) in chosen.clock.items():
        found |= {f"{name}_day": days, f"{name}_time": clock_time}
    return found


def reporters(request: SignedInRequest) -> HttpResponse:
    """Show who is expected and the breaks in their series; add to either."""
    municipality, today = _municipality(request), timezone.localdate()
    is_break = "break" in request.POST
    form = ReporterForm(
        None if is_break else request.POST or None, municipality=municipality, today=today
    )
    break_form = BreakForm(request.POST if is_break else None, municipality=municipality)
    if is_break and break_form.is_valid():
        broken = break_form.cleaned_data
        setting_actions.note_break(
            organisation_id=broken["organisation"].pk,
            on=broken["on"],
            reason=BreakReason(broken["reason"]),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("reporters")
    if request.method == "POST" and not is_break and form.is_valid():
        sent = form.cleaned_data
        setting_actions.expect(
            organisation_id=sent["organisation"].pk,
            starts_on=sent["starts_on"],
            voluntary=sent["voluntary"],
            areas=tuple(area.pk for area in sent["areas"]),
            categories=tuple(category.pk for category in sent["categories"]),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("reporters")
    context = {
        "form": form,
        "break_form": break_form,
        "expected": queries.expected(municipality.pk, today=today),
        "breaks": queries.breaks(municipality.pk),
    }
    return render(request, "rounds/reporters.html", context)


@require_POST
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an organisation out of the roll-call."""
    _municipality(request)
    setting_actions.expect_no_longer(organisation_id=pk, by=request.user, now=timezone.now())
    messages.success(request, _("No longer expected from today. Add it again to take that back."))
    return redirect("reporters")


def recipients(request: SignedInRequest) -> HttpResponse:
    """Show who is sent the adopted pictures; add or change one."""
    municipality = _municipality(request)
    form = RecipientForm(request.POST or None, municipality=municipality)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        dispatch_actions.save_recipient(
            organisation_id=sent["organisation"].pk,
            level=Level(sent["level"]),
            with_pdf=sent["with_pdf"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("recipients")
    context = {"form": form, "recipients": queries.recipients(municipality.pk)}
    return render(request, "rounds/recipients.html", context)


@require_POST
def remove_recipient(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an organisation nothing more."""
    _municipality(request)
    dispatch_actions.remove_recipient(organisation_id=pk, by=request.user, now=timezone.now())
    messages.success(request, _("Removed. Add it again to take that back."))
    return redirect("recipients")


def coming(request: SignedInRequest) -> HttpResponse:
    """Show what is coming; a unit adds what it knows of."""
    organisations = queries.organisations_with(request.user, Permission.EVENT_EDIT)
    if not organisations:
        raise Http404
    today = timezone.localdate()
    form = ComingForm(request.POST or None, organisations=organisations, today=today)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        calendar_actions.add_event(
            organisation_id=sent["organisation"].pk,
            name=sent["name"],
            area=sent["area"],
            where=sent["where"],
            starts_on=sent["starts_on"],
            ends_before=sent["ends_before"],
            attendance=sent["attendance"] or "unknown",
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("coming")
    own = {one.pk for one in calendar.own_events(request.user, since=today)}
    context = {
        "form": form,
        "events": queries.coming(organisations, today=today),
        "own": own,
        "days": queries.special_days(organisations, today=today),
    }
    return render(request, "rounds/coming.html", context)


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an event away."""
    if pk not in {one.pk for one in calendar.own_events(request.user, since=timezone.localdate())}:
        raise Http404
    calendar_actions.withdraw_event(event_id=pk, by=request.user, now=timezone.now())
    return redirect("coming")


def duty(request: SignedInRequest) -> HttpResponse:
    """Show who reads urgent reports when; add hours."""
    municipality = _municipality(request)
    form = DutyForm(request.POST or None, people=queries.reviewers(municipality.pk))
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        urgent.add_duty(
            municipality_id=municipality.pk,
            user_id=sent["user"].pk,
            weekday=sent["weekday"],
            starts_at=sent["starts_at"],
            ends_at=sent["ends_at"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("duty")
    rows = [(one, WEEKDAYS[one.weekday]) for one in urgent.duties(municipality.pk)]
    return render(request, "rounds/duty.html", {"form": form, "duties": rows})


@require_POST
def remove_duty(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take hours off the duty list."""
    municipality = _municipality(request)
    if pk not in {one.pk for one in urgent.duties(municipality.pk)}:
        raise Http404
    urgent.remove_duty(duty_id=pk, by=request.user, now=timezone.now())
    return redirect("duty")


def urgent_reports(request: SignedInRequest) -> HttpResponse:
    """Show the urgent reports nobody has read; say that one has been."""
    if not policy.can_somewhere(request.user, Permission.ROUND_REVIEW):
        raise Http404
    waiting = urgent.unread(request.user)
    if request.method == "POST":
        chosen = request.POST.get("incident", "")
        if chosen.isdecimal() and int(chosen) in {one.pk for one in waiting}:
            urgent.note_read(incident_id=int(chosen), by=request.user, now=timezone.now())
        return redirect("urgent")
    return render(request, "rounds/urgent.html", {"waiting": waiting})
