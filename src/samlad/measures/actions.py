"""Every write on measures."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities.models import Activity
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.measures import rules
from samlad.measures.models import (
    Cause,
    ExistingActivity,
    FollowUp,
    Goal,
    Handover,
    Measure,
    MeasureActivity,
    MeasurePartner,
    Problem,
    Programme,
)
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.vocabulary import Answer, EveryTime, Funding, Kind, Level
from samlad.measures.workflow import NotDoneReason, Status
from samlad.organisations.models import Organisation
from samlad.picture import sentences
from samlad.picture.models import Picture
from samlad.places.models import Area, Place


@dataclass(frozen=True)
class Description:
    """What a measure is described with beyond what, where, who and until when.

    Lists hold codes of `vocabulary`; periods end before a day.
    """

    kind: Kind
    problem: Problem | None = None
    cause: Cause | None = None
    goal: Goal | None = None
    programme: Programme | None = None
    existing: ExistingActivity | None = None
    continues: Measure | None = None
    approach: str = ""
    mechanism: str = ""
    field: str = ""
    level: Level = Level.OPERATIVE
    purposes: tuple[str, ...] = ()
    work_areas: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    orientations: tuple[str, ...] = ()
    dayparts: tuple[str, ...] = ()
    is_priority: bool = False
    is_early: bool = False
    is_extra: bool = False
    expected_effect: str = ""
    hours: int | None = None
    cost_kr: int | None = None
    funding: Funding = Funding.OWN
    grant_applied_on: date | None = None
    grant_report_on: date | None = None
    grant_reported_on: date | None = None
    starts_on: date | None = None
    ends_before: date | None = None
    follow_up_on: date | None = None

    def as_fields(self) -> dict[str, Any]:
        """Return it as the model's fields."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in found.items()
        }


@recorder.atomic()
def decide_measure(
    *,
    organisation_id: int,
    what: str,
    due_on: date,
    described: Description,
    by: User,
    now: datetime,
    area: Area | None = None,
    place: Place | None = None,
    picture: Picture | None = None,
    finding: int | None = None,
    incident: Incident | None = None,
) -> Measure:
    """Decide that an organisation does something until a day.

    Where no day is named, it is followed up four weeks after it is to be done.

    Raises `PermissionDenied` unless `by` may decide measures of the organisation and read what
    the measure follows from, and `NotAllowed` if that is of another municipality.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.MEASURE_EDIT, organisation)
    if picture is not None:
        policy.require(by, Permission.PICTURE_READ_ADOPTED, picture)
    if incident is not None:
        policy.require(by, Permission.INCIDENT_READ, incident)
    rules.check_period(described.starts_on, described.ends_before)
    rules.check_due(described.starts_on, due_on)
    rules.check_aim(described.problem, described.cause, described.goal)
    area = area or _area_of(place, described.starts_on or due_on)
    related = (described.problem, described.programme, described.existing, described.continues)
    for thing in (area, place, picture, incident, *related):
        if thing is not None and thing.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    if finding is not None and (
        picture is None or finding >= len(picture.compiled.get("findings", []))
    ):
        raise NotAllowed(Reason.NO_SUCH_FINDING)
    followed = (described.ends_before or due_on) + rules.FOLLOWED_UP_AFTER
    measure = Measure.objects.create(
        municipality_id=organisation.municipality_id,
        owner=organisation,
        what=what,
        area=area,
        place=place,
        due_on=due_on,
        picture=picture,
        finding=finding,
        because=""
        if picture is None or finding is None
        else sentences.finding_title(picture.compiled["findings"][finding]),
        incident=incident,
        decided_at=now,
        **described.as_fields() | {"follow_up_on": described.follow_up_on or followed},
    )
    recorder.record(
        event="measures.measure.decided",
        target=measure,
        by=by,
        at=now,
        after={"due_on": due_on.isoformat(), "organisation": organisation.pk},
    )
    return measure


@recorder.atomic()
def set_status(
    *, measure_id: int, status: Status, by: User, now: datetime, reason: str = ""
) -> Measure:
    """Say what became of a measure, or open it again.

    Raises `PermissionDenied` or `NotAllowed`; not done needs its coded reason.
    """
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    rules.check_close(measure, status, reason)
    before, measure.status = measure.status, status
    measure.reason = reason
    measure.closed_on = None if status == Status.PLANNED else timezone.localdate(now)
    measure.save(update_fields=["status", "reason", "closed_on"])
    recorder.record(
        event="measures.measure.status_set",
        target=measure,
        by=by,
        at=now,
        before={"status": before},
        after={"status": status, "reason": reason},
    )
    return measure


@recorder.atomic()
def postpone(*, measure_id: int, due_on: date, by: User, now: datetime) -> Measure:
    """Move the day a measure is to be done by. Raises `PermissionDenied` or `NotAllowed`."""
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    if measure.status != Status.PLANNED:
        raise NotAllowed(Reason.NOT_PLANNED)
    if measure.starts_on is not None and due_on < measure.starts_on:
        raise NotAllowed(Reason.PERIOD)
    usual = measure.due_on + rules.FOLLOWED_UP_AFTER
    before, measure.due_on = measure.due_on, due_on
    if measure.follow_up_on == usual:
        measure.follow_up_on = due_on + rules.FOLLOWED_UP_AFTER
    measure.save(update_fields=["due_on", "follow_up_on"])
    recorder.record(
        event="measures.measure.postponed",
        target=measure,
        by=by,
        at=now,
        before={"due_on": before.isoformat()},
        after={"due_on": due_on.isoformat()},
    )
    return measure


@recorder.atomic()
def describe(
    *,
    measure_id: int,
    what: str,
    due_on: date,
    area: Area | None,
    place: Place | None,
    described: Description,
    by: User,
    now: datetime,
) -> Measure:
    """Change what a measure is described with; who is responsible is handed over instead.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    rules.check_period(described.starts_on, described.ends_before)
    rules.check_due(described.starts_on, due_on)
    rules.check_aim(described.problem, described.cause, described.goal)
    area = area or _area_of(place, described.starts_on or due_on)
    related = (described.problem, described.programme, described.existing, described.continues)
    for thing in (area, place, *related):
        if thing is not None and thing.municipality_id != measure.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    if described.continues is not None and described.continues.pk == measure_id:
        raise NotAllowed(Reason.ITSELF)
    changed = {"what": what, "due_on": due_on, "area": area, "place": place}
    changed |= described.as_fields()
    had = (measure.starts_on, measure.area, measure.problem, list(measure.dayparts))
    if had != (described.starts_on, area, described.problem, list(described.dayparts)):
        if _is_decided(measure, now):
            raise NotAllowed(Reason.FROZEN)
        _drop_proposal(measure, by, now)
    before = {name: getattr(measure, name) for name in changed}
    for name, value in changed.items():
        setattr(measure, name, value)
    measure.save(update_fields=list(changed))
    recorder.record(
        event="measures.measure.described",
        target=measure,
        by=by,
        at=now,
        changed=sorted(name for name, value in changed.items() if before[name] != value),
    )
    return measure


def _area_of(place: Place | None, day: date) -> Area | None:
    """Return the area a measure at a place is of: that in which its effect is read."""
    from samlad.places.queries import area_of  # geometry: a web worker starts without it

    return area_of(place, day)


def _drop_proposal(measure: Measure, by: User, now: datetime) -> None:
    """Take a proposed evaluation away: it was of other weeks, or of another area."""
    evaluation = getattr(measure, "evaluation", None)
    if evaluation is not None:
        evaluation.delete()
        recorder.record(event="measures.evaluation.dropped", target=measure, by=by, at=now)


def _is_decided(measure: Measure, now: datetime) -> bool:
    """Tell whether an evaluation is frozen, or will be at the next tick: the start has come."""
    evaluation = getattr(measure, "evaluation", None)
    if evaluation is None:
        return False
    started = measure.starts_on is not None and measure.starts_on <= timezone.localdate(now)
    return evaluation.frozen_at is not None or started


@recorder.atomic()
def ask_partner(
    *, measure_id: int, organisation_id: int, by: User, now: datetime
) -> MeasurePartner:
    """Ask an organisation to take part: from now on it reads the measure.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    if organisation.municipality_id != measure.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if organisation.pk == measure.owner_id:
        raise NotAllowed(Reason.SAME_ORGANISATION)
    if measure.shares.in_force().filter(organisation=organisation).exists():
        raise NotAllowed(Reason.ASKED_ALREADY)
    partner = MeasurePartner.objects.create(
        measure=measure, organisation=organisation, asked_at=now
    )
    recorder.record(
        event="measures.partner.asked",
        target=measure,
        by=by,
        at=now,
        after={"organisation": organisation.pk},
    )
    return partner


@recorder.atomic()
def answer_partner(
    *, measure_id: int, organisation_id: int, answer: Answer, reason: str, by: User, now: datetime
) -> MeasurePartner:
    """Say for one's organisation that it takes part, or why it does not.

    Raises `PermissionDenied`, or `NotAllowed` if it was not asked or gives no reason.
    """
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require(by, Permission.MEASURE_EDIT, organisation)
    partner = measure.shares.in_force().filter(organisation=organisation).first()
    if partner is None:
        raise NotAllowed(Reason.NOT_ASKED)
    if answer == Answer.DECLINED and not reason:
        raise NotAllowed(Reason.NO_WHY)
    before, partner.answer = partner.answer, answer
    partner.reason = reason if answer == Answer.DECLINED else ""
    partner.answered_at = now
    partner.save(update_fields=["answer", "reason", "answered_at"])
    recorder.record(
        event="measures.partner.answered",
        target=measure,
        by=by,
        at=now,
        before={"answer": before},
        after={"answer": answer, "organisation": organisation.pk},
    )
    return partner


@recorder.atomic()
def hand_over(
    *, measure_id: int, organisation_id: int, reason: str, by: User, now: datetime
) -> Measure:
    """Make another organisation responsible; both stay in the history.

    The one that hands over goes on reading it as a partner. Raises `PermissionDenied` or
    `NotAllowed`.
    """
    measure = Measure.objects.select_for_update().get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    to = Organisation.objects.get(pk=organisation_id, active=True)
    if to.municipality_id != measure.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if to.pk == measure.owner_id:
        raise NotAllowed(Reason.SAME_ORGANISATION)
    if not reason:
        raise NotAllowed(Reason.NO_WHY)
    from_ = measure.owner_id
    Handover.objects.create(
        measure=measure, from_organisation_id=from_, to_organisation=to, reason=reason, at=now
    )
    measure.shares.in_force().filter(organisation=to).update(ended_at=now)
    if not measure.shares.in_force().filter(organisation=from_).exists():
        MeasurePartner.objects.create(
            measure=measure,
            organisation_id=from_,
            answer=Answer.ACCEPTED,
            asked_at=now,
            answered_at=now,
        )
    measure.owner = to
    measure.save(update_fields=["owner"])
    recorder.record(
        event="measures.measure.handed_over",
        target=measure,
        by=by,
        at=now,
        before={"organisation": from_},
        after={"organisation": to.pk},
    )
    return measure


@recorder.atomic()
def follow_up(
    *,
    measure_id: int,
    status: Status,
    reason: str,
    every_time: EveryTime,
    note: str,
    hours_used: int | None,
    next_on: date | None,
    by: User,
    now: datetime,
) -> FollowUp:
    """Write down a follow-up: what became of it, and whether it was done every time.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    if status != measure.status:
        set_status(measure_id=measure_id, status=status, reason=reason, by=by, now=now)
        measure.refresh_from_db()
    elif reason and reason != measure.reason:
        rules.check_reason(status, reason)
        measure.reason = NotDoneReason(reason)
        measure.save(update_fields=["reason"])
    made = FollowUp.objects.create(
        measure=measure,
        on=timezone.localdate(now),
        every_time=every_time,
        note=note,
        hours_used=hours_used,
        at=now,
    )
    measure.follow_up_on = next_on
    measure.save(update_fields=["follow_up_on"])
    recorder.record(
        event="measures.measure.followed_up",
        target=measure,
        by=by,
        at=now,
        after={"every_time": every_time},
    )
    return made


@recorder.atomic()
def link_activity(*, measure_id: int, activity_id: int, by: User, now: datetime) -> MeasureActivity:
    """Note that an activity of the log was done for a measure.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    activity = Activity.objects.get(pk=activity_id)
    policy.require(by, Permission.ACTIVITY_READ, activity)
    if activity.municipality_id != measure.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    link, made = MeasureActivity.objects.get_or_create(
        measure=measure, activity=activity, defaults={"linked_at": now}
    )
    if made:
        recorder.record(
            event="measures.activity.linked",
            target=measure,
            by=by,
            at=now,
            after={"activity": activity.pk},
        )
    return link


@recorder.atomic()
def unlink_activity(*, measure_id: int, activity_id: int, by: User, now: datetime) -> None:
    """Take such a note away. Raises `PermissionDenied`."""
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure_id)
    policy.require(by, Permission.MEASURE_EDIT, measure)
    if measure.activities.filter(activity=activity_id).delete()[0]:
        recorder.record(
            event="measures.activity.unlinked",
            target=measure,
            by=by,
            at=now,
            after={"activity": activity_id},
        )
