"""Every write on groups, their meetings and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.councils import rules
from samlad.councils.models import (
    Attendance,
    Decision,
    EarlierChair,
    Group,
    GroupMember,
    Meeting,
    MinutesVersion,
)
from samlad.councils.rules import NotAllowed, Reason
from samlad.councils.workflow import GroupStatus, GroupType, OutcomeKind, Status
from samlad.measures import actions as measure_actions
from samlad.measures.actions import Description
from samlad.measures.models import Measure, Problem, Programme
from samlad.measures.vocabulary import Kind, Level
from samlad.measures.workflow import Status as MeasureStatus
from samlad.organisations.models import Municipality, Organisation, OrganisationKind
from samlad.places.models import Area


@recorder.atomic()
def form_group(
    *,
    municipality_id: int,
    name: str,
    type_: GroupType,
    status: GroupStatus,
    level: Level,
    is_strategic_council: bool,
    remit: str,
    founded_on: date | None,
    chair: Organisation | None,
    quorum: int | None,
    programme: Programme | None,
    group_id: int | None = None,
    by: User,
    now: datetime,
) -> Group:
    """Form a group, or change one; it is an organisation of the kind *grupp*.

    Raises `PermissionDenied`, or `NotAllowed`: a strategic council is led by the municipality.
    """
    policy.require_in(by, Permission.COUNCIL_EDIT, municipality_id)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    for thing in (chair, programme):
        if thing is not None and thing.municipality_id != municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    if type_ == GroupType.CASEWORK and remit:
        raise NotAllowed(Reason.CASEWORK)
    is_strategic_council = is_strategic_council or type_ == GroupType.STRATEGIC
    if is_strategic_council and (chair is None or chair.kind.actor_class != "office"):
        raise NotAllowed(Reason.NOT_CHAIRED)
    taken = Organisation.objects.filter(municipality=municipality, name=name).first()
    if group_id is None:
        group = Group(municipality=municipality)
        if taken is not None and (taken.kind.code != "grupp" or hasattr(taken, "group")):
            raise NotAllowed(Reason.TAKEN)
        group.organisation = taken or Organisation.objects.create(
            municipality=municipality, name=name, kind=OrganisationKind.objects.get(code="grupp")
        )
    else:
        group = Group.objects.select_for_update(of=("self",)).get(
            pk=group_id, municipality=municipality
        )
        if type_ == GroupType.CASEWORK and _has_text(group):
            raise NotAllowed(Reason.CASEWORK)
        if taken is not None and taken.pk != group.organisation_id:
            raise NotAllowed(Reason.TAKEN)
        group.organisation.name = name
        group.organisation.save(update_fields=["name"])
    group.owner = group.organisation
    group.type, group.status, group.level = type_, status, level
    group.is_strategic_council, group.remit = is_strategic_council, remit
    led_before = group.chair if group_id is not None else None
    group.founded_on, group.chair, group.quorum = founded_on, chair, quorum
    group.save()
    if led_before is not None and (chair is None or led_before.pk != chair.pk):
        EarlierChair.objects.create(group=group, organisation=led_before, ended_at=now)
    if programme is not None:
        programme.groups.add(group.organisation)
    recorder.record(
        event="councils.group.saved",
        target=group,
        by=by,
        at=now,
        after={"type": type_, "status": status},
    )
    return group


def _has_text(group: Group) -> bool:
    """Tell whether anything has been written of a group: then it is none on individuals."""
    return (
        group.meetings.exclude(agenda=[], minutes="", where="", diarienummer="").exists()
        or group.meetings.filter(decisions__isnull=False).exists()
        or group.meetings.filter(versions__isnull=False).exists()
        or group.questions.exists()
        or group.shares.exclude(position="").exists()
    )


def _locked(group_id: int, by: User) -> Group:
    group = Group.objects.select_for_update(of=("self",)).get(pk=group_id)
    policy.require(by, Permission.COUNCIL_EDIT, group)
    rules.check_open(group)
    return group


@recorder.atomic()
def seat(
    *,
    group_id: int,
    organisation_id: int,
    position: str,
    is_leading: bool,
    is_substitute: bool,
    substitutes_for: GroupMember | None = None,
    by: User,
    now: datetime,
) -> GroupMember:
    """Give an organisation a seat, perhaps as a substitute for another seat.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    group = _locked(group_id, by)
    rules.check_text(group, position)
    _check_substitute(group, substitutes_for, None)
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    if organisation.municipality_id != group.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    member, made = GroupMember.objects.get_or_create(
        group=group,
        organisation=organisation,
        position=position,
        ended_at=None,
        defaults={
            "is_leading": is_leading,
            "is_substitute": is_substitute or substitutes_for is not None,
            "substitutes_for": substitutes_for,
            "joined_on": timezone.localdate(now),
        },
    )
    if made:
        recorder.record(
            event="councils.member.seated",
            target=group,
            by=by,
            at=now,
            after={"organisation": organisation.pk},
        )
    return member


def _check_substitute(
    group: Group, substitutes_for: GroupMember | None, member_id: int | None
) -> None:
    if substitutes_for is None:
        return
    there = group.shares.in_force().filter(pk=substitutes_for.pk, is_substitute=False)
    if substitutes_for.pk == member_id or not there.exists():
        raise NotAllowed(Reason.NO_SUCH_SEAT)


@recorder.atomic()
def change_seat(
    *,
    group_id: int,
    member_id: int,
    position: str,
    is_leading: bool,
    is_substitute: bool,
    substitutes_for: GroupMember | None,
    by: User,
    now: datetime,
) -> GroupMember:
    """Write a seat again: the organisation stays; the seat as it was ends today and is kept.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    group = _locked(group_id, by)
    rules.check_text(group, position)
    _check_substitute(group, substitutes_for, member_id)
    member: GroupMember = group.shares.in_force().get(pk=member_id)
    others = group.shares.in_force().filter(organisation=member.organisation_id, position=position)
    if others.exclude(pk=member_id).exists():
        raise NotAllowed(Reason.SEATED)
    member.ended_at = now
    member.save(update_fields=["ended_at"])
    changed = GroupMember.objects.create(
        group=group,
        organisation_id=member.organisation_id,
        position=position,
        is_leading=is_leading,
        is_substitute=is_substitute or substitutes_for is not None,
        substitutes_for=substitutes_for,
        joined_on=timezone.localdate(now),
    )
    member.substitutes.filter(ended_at=None).update(substitutes_for=changed)
    recorder.record(
        event="councils.member.changed",
        target=group,
        by=by,
        at=now,
        after={"organisation": member.organisation_id},
        changed=["position", "is_leading", "is_substitute", "substitutes_for"],
    )
    return changed


@recorder.atomic()
def leave(*, group_id: int, member_id: int, by: User, now: datetime) -> None:
    """End a seat today; it stays in the history. Raises `PermissionDenied` or `NotAllowed`."""
    group = _locked(group_id, by)
    for member in group.shares.in_force().filter(pk=member_id):
        member.ended_at = now
        member.save(update_fields=["ended_at"])
        recorder.record(
            event="councils.member.left",
            target=group,
            by=by,
            at=now,
            after={"organisation": member.organisation_id},
        )


@recorder.atomic()
def plan_meeting(
    *, group_id: int, starts_at: datetime, where: str, by: User, now: datetime
) -> Meeting:
    """Plan a meeting; its agenda is proposed when it is looked at.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    group = _locked(group_id, by)
    rules.check_text(group, where)
    meeting = Meeting.objects.create(group=group, starts_at=starts_at, where=where)
    recorder.record(
        event="councils.meeting.planned",
        target=group,
        by=by,
        at=now,
        after={"on": timezone.localdate(starts_at).isoformat()},
    )
    return meeting


@recorder.atomic()
def write_agenda(
    *, meeting_id: int, items: Sequence[dict[str, Any]], by: User, now: datetime
) -> Meeting:
    """Write a planned meeting's agenda. Raises `PermissionDenied` or `NotAllowed`."""
    meeting = _meeting(meeting_id, by)
    rules.check_text(meeting.group, items)
    if meeting.status != Status.PLANNED:
        raise NotAllowed(Reason.NOT_PLANNED)
    meeting.agenda = list(items)
    meeting.save(update_fields=["agenda"])
    recorder.record(
        event="councils.agenda.written",
        target=meeting.group,
        by=by,
        at=now,
        counts={"items": len(items)},
    )
    return meeting


def _meeting(meeting_id: int, by: User) -> Meeting:
    meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("group").get(pk=meeting_id)
    )
    policy.require(by, Permission.COUNCIL_EDIT, meeting.group)
    return meeting


@recorder.atomic()
def hold(
    *,
    meeting_id: int,
    attended: Sequence[Organisation],
    minutes: str,
    diarienummer: str,
    by: User,
    now: datetime,
) -> Meeting:
    """Note that a meeting was held, which organisations were there, and what was said.

    May be done again to complete the minutes. Raises `PermissionDenied` or `NotAllowed`.
    """
    meeting = _meeting(meeting_id, by)
    rules.check_text(meeting.group, minutes, diarienummer)
    if meeting.status != Status.HELD:
        rules.check_hold(meeting, now)
    if any(one.municipality_id != meeting.group.municipality_id for one in attended):
        raise NotAllowed(Reason.ELSEWHERE)
    there = set(meeting.attendances.values_list("organisation", flat=True))
    before, meeting.status = meeting.status, Status.HELD
    had, has = (meeting.minutes, meeting.diarienummer), (minutes, diarienummer)
    if before == Status.HELD and had != has and any(had):
        MinutesVersion.objects.create(
            meeting=meeting,
            number=meeting.versions.count() + 1,
            minutes=meeting.minutes,
            diarienummer=meeting.diarienummer,
            replaced_at=now,
        )
    meeting.minutes, meeting.diarienummer = minutes, diarienummer
    meeting.save(update_fields=["status", "minutes", "diarienummer"])
    meeting.attendances.all().delete()
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, organisation=one) for one in attended
    )
    recorder.record(
        event="councils.meeting.held",
        target=meeting.group,
        by=by,
        at=now,
        before={"status": before},
        counts={"organisations": len(attended)},
    )
    if before == Status.HELD:
        for pk in there ^ {one.pk for one in attended}:
            recorder.record(
                event="councils.attendance.changed",
                target=meeting.group,
                by=by,
                at=now,
                before={"organisation": pk if pk in there else None},
                after={"organisation": None if pk in there else pk},
            )
    return meeting


@recorder.atomic()
def call_off(*, meeting_id: int, by: User, now: datetime) -> Meeting | None:
    """Call a planned meeting off; of a group on individuals nothing is left of it, and returned.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    meeting = _meeting(meeting_id, by)
    if meeting.status != Status.PLANNED:
        raise NotAllowed(Reason.NOT_PLANNED)
    recorder.record(event="councils.meeting.called_off", target=meeting.group, by=by, at=now)
    if meeting.group.is_casework:  # held and planned are all that is kept
        meeting.delete()
        return None
    meeting.status = Status.CANCELLED
    meeting.save(update_fields=["status"])
    return meeting


@recorder.atomic()
def decide(
    *,
    meeting_id: int,
    kind: OutcomeKind,
    text: str,
    measure: Measure | None = None,
    organisation: Organisation | None = None,
    due_on: date | None = None,
    work: Kind = Kind.REMEDYING,
    problem: Problem | None = None,
    area: Area | None = None,
    put_to: Group | None = None,
    answers: Decision | None = None,
    becomes: MeasureStatus | None = None,
    why_not: str = "",
    by: User,
    now: datetime,
) -> Decision:
    """Write a decision of a held meeting; a new measure is decided with it.

    Of a measure that is there, `due_on` is its new day, and `becomes` what is to become of it
    (`why_not` the code of why it is not done). Raises `PermissionDenied` or `NotAllowed`.
    """
    meeting = _meeting(meeting_id, by)
    group = meeting.group
    rules.check_text(group, text)
    if meeting.status != Status.HELD:
        raise NotAllowed(Reason.NOT_HELD)
    for thing in (measure, organisation, put_to, problem, area):
        if thing is not None and thing.municipality_id != group.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    due_from = None
    rules.check_about(kind, measure)
    if measure is not None:
        policy.require(by, Permission.MEASURE_EDIT, measure)
    wanted = kind == OutcomeKind.MEASURE or (
        kind == OutcomeKind.ANSWERED and organisation is not None
    )
    if wanted and measure is None:
        if organisation is None or due_on is None:
            raise NotAllowed(Reason.NO_MEASURE)
        measure = measure_actions.decide_measure(
            organisation_id=organisation.pk,
            what=text[:200],
            due_on=due_on,
            area=area,
            described=Description(problem=problem, kind=work, level=Level(group.level)),
            by=by,
            now=now,
        )
    elif measure is not None and due_on is not None:
        due_from = measure.due_on
        measure_actions.postpone(measure_id=measure.pk, due_on=due_on, by=by, now=now)
    if measure is not None and becomes is not None:
        measure_actions.set_status(
            measure_id=measure.pk, status=becomes, reason=why_not, by=by, now=now
        )
    if put_to is not None:
        rules.check_text(put_to, text)
    if kind == OutcomeKind.ANSWERED:
        if answers is None or answers.put_to_id != group.pk:
            raise NotAllowed(Reason.NO_QUESTION)
        if hasattr(answers, "answer"):
            raise NotAllowed(Reason.ANSWERED)
    decision = Decision.objects.create(
        meeting=meeting,
        number=meeting.decisions.count() + 1,
        kind=kind,
        text=text,
        measure=measure if kind in {OutcomeKind.MEASURE, OutcomeKind.ANSWERED} else None,
        put_to=put_to if kind == OutcomeKind.ESCALATED else None,
        answers=answers if kind == OutcomeKind.ANSWERED else None,
        due_from=due_from,
        due_on=due_on if due_from is not None else None,
        becomes=becomes or "",
        at=now,
    )
    recorder.record(
        event="councils.decision.made",
        target=group,
        by=by,
        at=now,
        after={"kind": kind, "measure": measure and measure.pk},
    )
    return decision
