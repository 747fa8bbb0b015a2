"""HTTP only: groups, their seats, meetings and decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from samlad.accounts.requests import SignedInRequest
from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission
from samlad.councils import actions, minutes, queries
from samlad.councils.forms import (
    AgendaForm,
    DecisionForm,
    GroupForm,
    HoldForm,
    MeetingForm,
    SeatForm,
)
from samlad.councils.models import Group, Meeting
from samlad.councils.rules import NotAllowed
from samlad.councils.workflow import GroupStatus, GroupType, OutcomeKind, Status
from samlad.guard.entries import sent_by
from samlad.measures import problem_queries
from samlad.measures import queries as measures
from samlad.measures.models import Measure
from samlad.measures.rules import NotAllowed as MeasureRefused
from samlad.measures.vocabulary import Kind, Level
from samlad.measures.workflow import Status as MeasureStatus
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area
from samlad.ui.fields import attempting

DAYS_TO_DO = 30
INTERNAL = "!"

attempt = attempting(NotAllowed, MeasureRefused)


def forms_in(request: SignedInRequest) -> Municipality | None:
    """Return the municipality the person forms groups in, or None."""
    return working_in.find(request, request.user, Permission.COUNCIL_EDIT, whole=True)


def _group(request: SignedInRequest, pk: int) -> Group:
    found = queries.find(request.user, pk)
    if found is None:
        raise Http404
    return found


def _meeting(request: SignedInRequest, pk: int, *, edit: bool = False) -> Meeting:
    found = queries.find_meeting(request.user, pk)
    if found is None:
        raise Http404
    if edit and not policy.can(request.user, Permission.COUNCIL_EDIT, found.group):
        raise Http404
    return found


@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """List the groups."""
    if not policy.can_somewhere(request.user, Permission.COUNCIL_READ):
        raise Http404
    context = {
        "groups": queries.groups(request.user),
        "coming": queries.coming_meetings(request.user, since=timezone.localdate()),
        "may_edit": forms_in(request) is not None,
    }
    return render(request, "councils/groups.html", context)


def save(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Form a group, or change one."""
    municipality = forms_in(request)
    if municipality is None:
        raise Http404
    initial: dict[str, Any] = {"status": GroupStatus.FORMING}
    if pk is not None:
        found = _group(request, pk)
        if not policy.can_in(request.user, Permission.COUNCIL_EDIT, found.municipality_id):
            raise Http404
        municipality = found.municipality
        initial = {
            "name": found.organisation.name, "type_": found.type, "status": found.status,
            "level": found.level, "is_strategic_council": found.is_strategic_council,
            "remit": found.remit, "founded_on": found.founded_on, "chair": found.chair_id,
            "quorum": found.quorum,
        }  # fmt: skip
    organisations = Organisation.objects.filter(municipality=municipality, active=True)
    form = GroupForm(
        request.POST or None,
        initial=initial,
        offered={
            "chair": organisations.exclude(kind__code="grupp"),
            "programme": problem_queries.programmes(request.user),
        },
    )
    if request.method == "POST" and form.is_valid():
        sent = sent_by(form)
        sent["type_"] = GroupType(sent["type_"])
        sent["status"], sent["level"] = GroupStatus(sent["status"]), Level(sent["level"])
        made = attempt(
            form,
            lambda: actions.form_group(
                municipality_id=municipality.pk,
                group_id=pk,
                by=request.user,
                now=timezone.now(),
                **sent,
            ),
        )
        if made is not None:
            return redirect("council", made.pk)
    return render(request, "ui/form_page.html", {"form": form, "title": _("Group")})


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a group."""
    return render(request, "councils/group.html", _page(request, _group(request, pk)))


def _page(request: SignedInRequest, found: Group, **bound: Any) -> dict[str, Any]:
    may_edit = policy.can(request.user, Permission.COUNCIL_EDIT, found)
    return {
        "group": found,
        "seats": queries.seats(found),
        "earlier": queries.earlier_seats(found),
        "earlier_chairs": found.earlier_chairs.select_related("organisation"),
        "coverage": queries.coverage(found),
        "meetings": queries.meetings(found),
        "decisions": queries.decisions(found, request.user),
        "questions": queries.open_questions(found),
        "programmes": [
            one
            for one in problem_queries.programmes(request.user)
            if found.organisation_id in {group.pk for group in one.groups.all()}
        ],
        "may_edit": may_edit and found.status != GroupStatus.ENDED,
        "seat_form": SeatForm(prefix="seat", offered=_seats_offered(found)),
        "meeting_form": MeetingForm(prefix="meeting"),
        **bound,
    }


def _seats_offered(found: Group) -> dict[str, Any]:
    here = Organisation.objects.filter(municipality=found.municipality_id, active=True)
    return {
        "organisation": here.exclude(kind__code="grupp"),
        "substitutes_for": [one for one in queries.seats(found) if not one.is_substitute],
    }


def change_seat(request: SignedInRequest, pk: int, member_pk: int) -> HttpResponse:
    """Write a seat again."""
    found = _group(request, pk)
    member = next((one for one in queries.seats(found) if one.pk == member_pk), None)
    if member is None or not policy.can(request.user, Permission.COUNCIL_EDIT, found):
        raise Http404
    names = ("position", "is_leading", "is_substitute", "substitutes_for")
    initial = {name: getattr(member, name) for name in names}
    form = SeatForm(request.POST or None, offered=_seats_offered(found), initial=initial)
    del form.fields["organisation"]
    if request.method == "POST" and form.is_valid():
        sent = {name: form.cleaned_data[name] for name in names}
        if attempt(
            form,
            lambda: actions.change_seat(
                group_id=pk, member_id=member_pk, by=request.user, now=timezone.now(), **sent
            ),
        ):
            return redirect("council", pk)
    title = _("Seat: %(name)s") % {"name": member.organisation.name}
    return render(request, "ui/form_page.html", {"form": form, "title": title})


@require_POST
def seat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an organisation a seat."""
    found = _group(request, pk)
    form = SeatForm(request.POST, prefix="seat", offered=_seats_offered(found))
    if form.is_valid():
        sent = form.cleaned_data
        if attempt(
            form,
            lambda: actions.seat(
                group_id=pk,
                organisation_id=sent["organisation"].pk,
                position=sent["position"],
                is_leading=sent["is_leading"],
                is_substitute=sent["is_substitute"],
                substitutes_for=sent["substitutes_for"],
                by=request.user,
                now=timezone.now(),
            ),
        ):
            return redirect("council", pk)
    return render(request, "councils/group.html", _page(request, found, seat_form=form), status=422)


@require_POST
def leave(request: SignedInRequest, pk: int, member_pk: int) -> HttpResponse:
    """End a seat."""
    _group(request, pk)
    try:
        actions.leave(group_id=pk, member_id=member_pk, by=request.user, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("council", pk)


@require_POST
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan a meeting; its agenda is proposed at once."""
    found = _group(request, pk)
    form = MeetingForm(request.POST, prefix="meeting")
    if form.is_valid():
        sent, now = form.cleaned_data, timezone.now()
        made: Meeting | None = attempt(
            form,
            lambda: actions.plan_meeting(
                group_id=pk,
                starts_at=sent["starts_at"],
                where=sent["where"],
                by=request.user,
                now=now,
            ),
        )
        if made is not None:
            items = queries.proposed_agenda(found, request.user, now=now)
            if items:
                actions.write_agenda(meeting_id=made.pk, items=items, by=request.user, now=now)
            return redirect("council_meeting", made.pk)
    return render(
        request, "councils/group.html", _page(request, found, meeting_form=form), status=422
    )


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a meeting: its agenda, who was there, what was decided."""
    context = _meeting_page(request, _meeting(request, pk))
    return render(request, "councils/meeting.html", context)


def _meeting_page(request: SignedInRequest, found: Meeting, **bound: Any) -> dict[str, Any]:
    group = found.group
    may_edit = policy.can(request.user, Permission.COUNCIL_EDIT, group)
    there = [one.organisation for one in found.attendances.select_related("organisation")]
    lines = [
        f"{INTERNAL} {one['text']}" if one.get("internal") else one["text"] for one in found.agenda
    ]
    return {
        "meeting": found,
        "group": group,
        "agenda": queries.agenda(found, request.user),
        "measures_to_read": queries.on_the_agenda(found, request.user, "measure"),
        "pictures_to_read": queries.on_the_agenda(found, request.user, "picture"),
        "attended": there,
        "versions": found.versions.all(),
        "quorum_missed": found.status == Status.HELD
        and group.quorum is not None
        and len(there) < group.quorum,
        "decisions": queries.of_meeting(found, request.user),
        "may_edit": may_edit,
        "has_begun": found.starts_at <= timezone.now(),
        "agenda_form": AgendaForm(prefix="agenda", initial={"lines": "\n".join(lines)}),
        "hold_form": _hold_form(
            found,
            initial={
                "attended": there or [one.organisation for one in queries.seats(group)],
                "minutes": found.minutes,
                "diarienummer": found.diarienummer,
            },
        ),
        "decision_form": _decision_form(request, group),
        **bound,
    }


def _hold_form(found: Meeting, *args: Any, **how: Any) -> HoldForm:
    here = Organisation.objects.filter(municipality=found.group.municipality_id, active=True)
    form = HoldForm(
        *args, prefix="hold", offered={"attended": here.exclude(kind__code="grupp")}, **how
    )
    if found.group.is_casework:
        del form.fields["minutes"], form.fields["diarienummer"]
    return form


def _decision_form(request: SignedInRequest, group: Group, *args: Any) -> DecisionForm:
    return DecisionForm(
        *args,
        prefix="decision",
        initial={"due_on": timezone.localdate() + timedelta(DAYS_TO_DO)},
        offered={
            "organisation": measures.organisations_to_charge(request.user),
            "problem": [one for one in problem_queries.problems(request.user) if not one.closed_on],
            "area": Area.objects.valid_on(timezone.localdate())
            .filter(municipality=group.municipality_id)
            .defer("boundary"),
            "measure": Measure.objects.where_user_can(request.user, Permission.MEASURE_EDIT),
            "put_to": [
                one
                for one in queries.groups(request.user)
                if one.pk != group.pk and not one.is_casework
            ],
            "answers": queries.open_questions(group),
        },
    )


@require_POST
def agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the agenda; a line that was proposed keeps what it is linked to."""
    found = _meeting(request, pk, edit=True)
    form = AgendaForm(request.POST, prefix="agenda")
    if form.is_valid():
        seen = queries.agenda(found, request.user)
        known = {one["text"]: one for one in seen}
        items = [one for one in found.agenda if one not in seen]  # what they may not see stays
        for line in form.cleaned_data["lines"].splitlines():
            text = line.strip().removeprefix(INTERNAL).strip()
            if text:
                internal = line.strip().startswith(INTERNAL)
                items.append({**known.get(text, {}), "text": text[:300], "internal": internal})
        if attempt(
            form,
            lambda: actions.write_agenda(
                meeting_id=pk, items=items, by=request.user, now=timezone.now()
            ),
        ):
            return redirect("council_meeting", pk)
    context = _meeting_page(request, found, agenda_form=form)
    return render(request, "councils/meeting.html", context, status=422)


@require_POST
def hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note that the meeting was held."""
    found = _meeting(request, pk, edit=True)
    form = _hold_form(found, request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        if attempt(
            form,
            lambda: actions.hold(
                meeting_id=pk,
                attended=list(sent["attended"]),
                minutes=sent.get("minutes", ""),
                diarienummer=sent.get("diarienummer", ""),
                by=request.user,
                now=timezone.now(),
            ),
        ):
            messages.success(request, _("Saved."))
            return redirect("council_meeting", pk)
    context = _meeting_page(request, found, hold_form=form)
    return render(request, "councils/meeting.html", context, status=422)


@require_POST
def call_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call a meeting off."""
    found = _meeting(request, pk, edit=True)
    try:
        if actions.call_off(meeting_id=pk, by=request.user, now=timezone.now()) is None:
            return redirect("council", found.group_id)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("council_meeting", pk)


@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a decision."""
    found = _meeting(request, pk, edit=True)
    form = _decision_form(request, found.group, request.POST)
    if form.is_valid():
        sent = sent_by(form)
        sent["kind"], sent["work"] = OutcomeKind(sent["kind"]), Kind(sent["work"] or Kind.REMEDYING)
        sent["becomes"] = MeasureStatus(sent["becomes"]) if sent["becomes"] else None
        new_day = sent.pop("new_day")
        if sent["measure"] is not None:
            sent["due_on"] = new_day
        if attempt(
            form,
            lambda: actions.decide(meeting_id=pk, by=request.user, now=timezone.now(), **sent),
        ):
            messages.success(request, _("The decision is written."))
            return redirect("council_meeting", pk)
    context = _meeting_page(request, found, decision_form=form)
    return render(request, "councils/meeting.html", context, status=422)


@require_safe
def minutes_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return the minutes as a PDF; there are none of a group on individuals."""
    found = _meeting(request, pk)
    if found.group.is_casework or found.status != Status.HELD:
        raise Http404
    content = minutes.pdf(
        found, queries.agenda(found, request.user), queries.of_meeting(found, request.user)
    )
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"protokoll-{timezone.localdate(found.starts_at)}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
