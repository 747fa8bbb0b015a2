"""Every read on councils: starts at who may see the group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Permission
from samlad.calendar import queries as calendar
from samlad.councils import rules
from samlad.councils.models import (
    Agreement,
    Contact,
    Decision,
    Group,
    HelpRequest,
    Meeting,
    UnitPage,
)
from samlad.councils.workflow import OutcomeKind, Status
from samlad.measures.models import ExistingActivity, Measure
from samlad.measures.queries import reading_of, status_label
from samlad.measures.workflow import Status as MeasureStatus
from samlad.organisations.models import ActorClass, Organisation
from samlad.picture import queries as pictures
from samlad.picture import sentences
from samlad.picture.models import ADOPTED, Picture
from samlad.picture.workflow import Decision as FindingDecision

COMING = timedelta(days=60)
STAFF = (ActorClass.OFFICE, ActorClass.POLICE)
MEETINGS_SHOWN, FINDINGS_SHOWN, REQUESTS_SHOWN = 20, 6, 30


def groups(user: User) -> list[Group]:
    """Return the groups `user` may read, by name."""
    readable = Group.objects.where_user_can(user, Permission.COUNCIL_READ)
    return list(readable.select_related("organisation", "chair").prefetch_related("shares"))


def find(user: User, pk: int) -> Group | None:
    """Return a group `user` may read, or None."""
    found: Group | None = (
        Group.objects.where_user_can(user, Permission.COUNCIL_READ)
        .select_related("organisation", "chair", "municipality")
        .filter(pk=pk)
        .first()
    )
    return found


def find_meeting(user: User, pk: int) -> Meeting | None:
    """Return a meeting of a group `user` may read, or None."""
    meeting = Meeting.objects.select_related("group__organisation", "group__chair").filter(pk=pk)
    found = meeting.first()
    return found if found is not None and find(user, found.group_id) is not None else None


@dataclass(frozen=True)
class Coverage:
    """How the departments are represented: in seats, and at the last meetings (E14, E20)."""

    seated: int
    offices: int
    unseated: list[str]
    share_of_meetings: list[tuple[str, int, int]]
    quorum_missed: int


def coverage(group: Group) -> Coverage:
    """Return which departments have a seat, and how often each organisation has been there."""
    seated = {one.organisation_id: one.organisation.name for one in seats(group)}
    if group.chair is not None:
        seated.setdefault(group.chair.pk, group.chair.name)
    offices = list(
        Organisation.objects.filter(
            municipality=group.municipality_id, kind__actor_class=ActorClass.OFFICE, active=True
        )
        .exclude(kind__code="grupp")
        .order_by("name")
    )
    held = list(
        group.meetings.filter(status=Status.HELD).prefetch_related("attendances")[:MEETINGS_SHOWN]
    )
    there = [{one.organisation_id for one in meeting.attendances.all()} for meeting in held]
    return Coverage(
        seated=sum(one.pk in seated for one in offices),
        offices=len(offices),
        unseated=[one.name for one in offices if one.pk not in seated],
        share_of_meetings=[
            (name, sum(pk in one for one in there), len(held)) for pk, name in seated.items()
        ],
        quorum_missed=sum(group.quorum is not None and len(one) < group.quorum for one in there),
    )


def seats(group: Group) -> list[Any]:
    """Return the seats in force, by organisation."""
    return list(
        group.shares.in_force().select_related("organisation", "substitutes_for__organisation")
    )


def earlier_seats(group: Group) -> list[Any]:
    """Return the seats that have been left, the last first."""
    left = group.shares.filter(ended_at__isnull=False).select_related("organisation")
    return list(left.order_by("-ended_at"))


def meetings(group: Group) -> list[Meeting]:
    """Return a group's meetings, the last first."""
    return list(group.meetings.prefetch_related("attendances")[:MEETINGS_SHOWN])


def proposed_agenda(group: Group, user: User, *, now: datetime) -> list[dict[str, Any]]:
    """Return what a meeting's agenda is proposed to hold; nothing for a group on individuals.

    Questions put to the group, measures its decisions led to and that wait, what is overdue, the
    last adopted picture's findings, and what is coming. `internal` is seen inside the authority.
    """
    if group.is_casework:
        return []
    today = timezone.localdate(now)
    items: list[dict[str, Any]] = []
    for question in open_questions(group):
        items.append(
            _item(
                _("Question from %(group)s: %(text)s")
                % {"group": question.meeting.group, "text": question.text},
                decision=question.pk,
            )
        )
    decided = Measure.objects.filter(
        decisions__meeting__group=group, status=MeasureStatus.PLANNED
    ).distinct()
    for measure in decided:
        items.append(_item(_("Waits: %(what)s") % {"what": measure.what}, measure=measure.pk))
    late = Measure.objects.where_user_can(user, Permission.MEASURE_READ).filter(
        Q(municipality=group.municipality_id),
        Q(status=MeasureStatus.PLANNED, due_on__lt=today) | Q(follow_up_on__lte=today),
    )
    for measure in late.exclude(pk__in=[one.pk for one in decided]):
        items.append(
            _item(
                _("To follow up: %(what)s") % {"what": measure.what},
                measure=measure.pk,
                internal=True,
            )
        )
    picture = (
        Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED)
        .filter(municipality=group.municipality_id, status__in=ADOPTED)
        .order_by("-ends_before")
        .first()
    )
    if picture is not None:
        dismissed = set(
            picture.findings.filter(decision=FindingDecision.DISMISSED).values_list(
                "position", flat=True
            )
        )
        found = [one for i, one in enumerate(picture.compiled["findings"]) if i not in dismissed]
        for one in found[:FINDINGS_SHOWN]:
            title = sentences.finding_title(one, pictures.language())
            items.append(_item(title, picture=picture.pk, internal=True))
    for event in calendar.coming(group.municipality, starts_on=today, ends_before=today + COMING):
        items.append(_item(_("Coming: %(name)s") % {"name": event.name}))
    return items


def _item(text: str, *, internal: bool = False, **links: int) -> dict[str, Any]:
    return {"text": text, "internal": internal, **links}


def agenda(meeting: Meeting, user: User) -> list[dict[str, Any]]:
    """Return the agenda as `user` may see it: internal items inside the authority alone."""
    inside = policy.can_in(user, Permission.COUNCIL_READ, meeting.group.municipality_id)
    return [one for one in meeting.agenda if inside or not one.get("internal")]


def on_the_agenda(meeting: Meeting, user: User, what: str) -> set[int]:
    """Return the keys of the measures, or pictures, of an agenda that `user` may open."""
    keys = [one[what] for one in meeting.agenda if one.get(what)]
    readable = (
        Measure.objects.where_user_can(user, Permission.MEASURE_READ)
        if what == "measure"
        else Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED)
    )
    return set(readable.filter(pk__in=keys).values_list("pk", flat=True))


def open_questions(group: Group) -> list[Decision]:
    """Return the questions put to a group that it has not answered."""
    asked = group.questions.filter(answer__isnull=True)
    return list(asked.select_related("meeting__group__organisation"))


@dataclass(frozen=True)
class DecisionRow:
    """A decision with what became of it, as both ends show it."""

    pk: int
    number: int
    meeting_id: int
    on: date
    group: str
    kind: str
    text: str
    measure_id: int | None
    measure: str
    measure_status: str
    reading: str
    due_from: date | None
    due_on: date | None
    becomes: str
    put_to: str
    answer: str
    answer_measure: str


def decisions(group: Group, user: User) -> list[DecisionRow]:
    """Return what a group has decided, and what became of what it put to others (C10)."""
    rows = (
        Decision.objects.filter(meeting__group=group)
        .select_related(
            "meeting__group__organisation",
            "measure",
            "put_to__organisation",
            "answer__meeting__group__organisation",
        )
        .order_by("-at")
    )
    return [_decision(one, user) for one in rows]


def of_meeting(meeting: Meeting, user: User) -> list[DecisionRow]:
    """Return a meeting's decisions in order."""
    rows = meeting.decisions.select_related(
        "meeting__group__organisation", "measure", "put_to__organisation"
    )
    return [_decision(one, user) for one in rows]


def _decision(one: Decision, user: User) -> DecisionRow:
    measure = one.measure
    readable = measure is not None and policy.can(user, Permission.MEASURE_READ, measure)
    answered: Decision | None = getattr(one, "answer", None)
    return DecisionRow(
        pk=one.pk,
        number=one.number,
        meeting_id=one.meeting_id,
        on=timezone.localdate(one.meeting.starts_at),
        group=str(one.meeting.group),
        kind=str(OutcomeKind(one.kind).label),
        text=one.text,
        measure_id=measure.pk if measure is not None and readable else None,
        measure=measure.what if measure is not None else "",
        measure_status=status_label(measure, timezone.localdate()) if measure is not None else "",
        reading=reading_of(measure) if measure is not None and readable else "",
        due_from=one.due_from,
        due_on=one.due_on,
        becomes=str(one.get_becomes_display()) if one.becomes else "",
        put_to=str(one.put_to) if one.put_to is not None else "",
        answer=f"{answered.meeting.group}: {answered.text}" if answered is not None else "",
        answer_measure=_of_answer(answered),
    )


def _of_answer(answered: Decision | None) -> str:
    """Return the measure an answer led to, with how far it has come, for those who asked."""
    measure = answered.measure if answered is not None else None
    if measure is None:
        return ""
    said = [status_label(measure, timezone.localdate()), reading_of(measure)]
    return f"{measure.what} ({', '.join(word for word in said if word)})"


def decided_by(user: User, measure: Measure) -> tuple[str, dict[str, Any]] | None:
    """Return which meetings decided a measure, for the measure's own page."""
    seen = Group.objects.where_user_can(user, Permission.COUNCIL_READ).values("pk")
    rows = Decision.objects.filter(measure=measure, meeting__group__in=seen).select_related(
        "meeting__group__organisation"
    )
    found = [_decision(one, user) for one in rows]
    return ("councils/_decided_by.html", {"decisions": found}) if found else None


def agreements(user: User, *, today: date) -> list[tuple[Agreement, bool]]:
    """Return the agreements `user` may read, with whether each is in force."""
    rows = Agreement.objects.where_user_can(user, Permission.COUNCIL_READ)
    return [
        (one, rules.is_active(one, today)) for one in rows.prefetch_related("parties", "versions")
    ]


@dataclass(frozen=True)
class Unit:
    """A unit in the directory, and the colleagues who can be asked there."""

    organisation: Organisation
    page: UnitPage | None
    colleagues: list[tuple[str, list[str]]]
    may_edit: bool
    activities: list[str]


def directory(user: User, *, asked: str = "", today: date) -> list[Unit]:
    """Return the units of the municipalities where `user` is staff; with a word, those it fits.

    A colleague is there while they have a role and an open account, and unless their identity is
    protected.
    """
    units = Organisation.objects.filter(
        municipality__in={one.municipality_id for one in own_units(user)}, active=True
    ).exclude(kind__code="grupp")
    found = []
    own = {one.pk for one in own_units(user)}
    contacts = _colleagues([one.pk for one in units], today)
    activities: dict[int, list[str]] = defaultdict(list)
    for activity in ExistingActivity.objects.filter(owner__in=units, ended_on=None):
        activities[activity.owner_id].append(activity.name)
    for one in units.select_related("unit_page", "kind"):
        page: UnitPage | None = getattr(one, "unit_page", None)
        may_edit = one.pk in own or policy.can_in(user, Permission.UNIT_EDIT, one.municipality_id)
        unit = Unit(one, page, contacts.get(one.pk, []), may_edit, activities[one.pk])
        if not asked or asked.casefold() in _words(unit):
            found.append(unit)
    return found


def unit_to_describe(user: User, pk: int) -> Organisation | None:
    """Return a unit `user` may write the page of: their own, or any for the coordinator."""
    found = Organisation.objects.filter(pk=pk, active=True).exclude(kind__code="grupp").first()
    if found is None or any(one.pk == pk for one in own_units(user)):
        return found
    return found if policy.can_in(user, Permission.UNIT_EDIT, found.municipality_id) else None


def _words(unit: Unit) -> str:
    page = unit.page
    parts = [unit.organisation.name, *unit.activities]
    if page is not None:
        parts += [page.tasks, page.challenges, *page.competence]
    parts += [word for _, words in unit.colleagues for word in words]
    return " ".join(parts).casefold()


def _colleagues(organisations: list[int], today: date) -> dict[int, list[tuple[str, list[str]]]]:
    held = (
        Membership.objects.in_force(today)
        .filter(organisation__in=organisations, user__is_active=True)
        .select_related("user")
    )
    contacts = {one.user_id: one.competence for one in Contact.objects.filter(is_protected=False)}
    found: dict[int, dict[int, tuple[str, list[str]]]] = {}
    for one in held:
        if one.user_id in contacts:
            row = (one.user.name, contacts[one.user_id])
            found.setdefault(one.organisation_id, {})[one.user_id] = row
    return {pk: sorted(rows.values()) for pk, rows in found.items()}


def requests_to(user: User) -> list[HelpRequest]:
    """Return the requests for help to the units `user` answers for, and from them."""
    own = [one.pk for one in own_units(user)]
    rows = HelpRequest.objects.filter(
        Q(to_organisation__in=own) | Q(from_organisation__in=own)
    ).select_related("from_organisation", "to_organisation")
    return list(rows[:REQUESTS_SHOWN])


def own_units(user: User) -> list[Organisation]:
    """Return the units `user` answers for in the directory, by name.

    Those of the municipality's departments and the police: the directory is for staff alone.
    """
    condition = policy.scope_filter(policy.scopes_where(user, Permission.UNIT_EDIT), owner="pk")
    return list(
        Organisation.objects.filter(condition, active=True, kind__actor_class__in=STAFF)
        .exclude(kind__code="grupp")
        .order_by("name")
    )


def coming_meetings(user: User, *, since: date) -> list[Meeting]:
    """Return the planned meetings of the groups `user` may read, from a day on."""
    seen = Group.objects.where_user_can(user, Permission.COUNCIL_READ).values("pk")
    rows = Meeting.objects.filter(group__in=seen, status=Status.PLANNED, starts_at__date__gte=since)
    return list(rows.select_related("group__organisation").order_by("starts_at"))
