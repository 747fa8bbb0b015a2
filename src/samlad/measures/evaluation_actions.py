"""How a measure's effect is to be read: proposed, frozen at the start, read afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.holidays import week_start
from samlad.incidents import queries as incidents
from samlad.incidents.models import Category, Incident, Source
from samlad.measures.models import EffectReading, Evaluation, Measure
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.workflow import Status
from samlad.places.models import within

if TYPE_CHECKING:
    from samlad.measures.evaluating import Counted

WEEKS_USUALLY = 26
WEEKS_AT_LEAST, WEEKS_AT_MOST = 4, 52  # a year: longer, and earlier years overlap


@recorder.atomic()
def propose(
    *,
    measure_id: int,
    source_id: int,
    category_id: int,
    weeks: int,
    by: User,
    now: datetime,
    counted: Counted | None = None,
) -> Evaluation:
    """Propose how the effect is to be read, and say what could be seen; again until it starts.

    With `counted` several measures that start in one week have their source counted once.

    Raises `PermissionDenied` unless `by` may assess here and read the source, and `NotAllowed`
    without an area or a start, or once the evaluation is frozen.
    """
    from samlad.measures import evaluating  # the arithmetic: a web worker starts without it

    measure = (
        Measure.objects.select_for_update(of=("self",))
        .select_related("municipality", "area", "picture", "problem")
        .get(pk=measure_id)
    )
    policy.require(by, Permission.EFFECT_ASSESS, measure)
    source = Source.objects.get(pk=source_id)
    policy.require(by, Permission.INCIDENT_READ, source)
    if source.municipality_id != measure.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    existing = Evaluation.objects.filter(measure=measure).first()
    if existing is not None and existing.frozen_at is not None:
        raise NotAllowed(Reason.FROZEN)
    if measure.area is None:
        raise NotAllowed(Reason.NO_AREA)
    if measure.starts_on is None:
        raise NotAllowed(Reason.NO_START)
    if measure.starts_on <= timezone.localdate(now):
        raise NotAllowed(Reason.STARTED)  # what is chosen afterwards proves nothing
    starts_on = first_whole_week(measure.starts_on)
    ends_before = starts_on + timedelta(7 * min(max(weeks, WEEKS_AT_LEAST), WEEKS_AT_MOST))
    category = Category.objects.get(pk=category_id)
    areas = evaluating.areas_of(measure)
    parts = evaluating.dayparts_of(measure)

    def read_in(parts: list[str]) -> evaluating.Read | None:
        return evaluating.weeks(
            source, category, areas, measure.municipality, by, until=starts_on, parts=parts,
            counted=known,
        )  # fmt: skip

    known: Counted = {} if counted is None else counted
    read = read_in(parts)
    if read is not None and read.hours and not read.hours.are_told(read.weeks, starts_on):
        parts, read = [], read_in([])
    if read is None or not read.weeks.treated.any():
        raise NotAllowed(Reason.NO_INCIDENTS)
    design = evaluating.designed(read.weeks, measure, starts_on=starts_on, ends_before=ends_before)
    evaluation, made = Evaluation.objects.update_or_create(
        measure=measure,
        defaults={
            "source": source,
            "category": category,
            "starts_on": starts_on,
            "ends_before": ends_before,
            "areas": areas,
            "dayparts": parts,
            "design": evaluating.as_json(design),
            "proposed_at": now,
        },
    )
    recorder.record(
        event="measures.evaluation.proposed",
        target=measure,
        by=by,
        at=now,
        after={"method": design.method, "new": made},
    )
    return evaluation


def propose_where_possible(*, measure_ids: Sequence[int], by: User, now: datetime) -> int:
    """Propose how measures are read that can be and have no proposal; return how many.

    That needs an area, a start that is to come and a problem with a category. The source is that
    of the problem's goal, or the one with most such incidents in the area. What `by` may not
    assess, and what has no incidents to read, is left as it is.
    """
    rows = to_propose(by, today=timezone.localdate(now)).filter(pk__in=measure_ids)
    number = 0
    for measure in rows.select_related("area", "problem__category", "municipality"):
        source = _likely_source(measure, by)
        if source is None or measure.problem is None or measure.problem.category_id is None:
            continue
        try:
            propose(
                measure_id=measure.pk,
                source_id=source.pk,
                category_id=measure.problem.category_id,
                weeks=_weeks(measure),
                by=by,
                now=now,
            )
        except NotAllowed:
            continue
        number += 1
    return number


def to_propose(user: User, *, today: date) -> QuerySet[Measure]:
    """Return the measures that `user` may have an evaluation proposed for, before they start."""
    return (
        Measure.objects.where_user_can(user, Permission.EFFECT_ASSESS)
        .filter(
            evaluation=None,
            area__isnull=False,
            problem__category__isnull=False,
            starts_on__gt=today,
        )
        .exclude(status=Status.NOT_DONE)
    )


def _weeks(measure: Measure) -> int:
    """Return how many weeks are read: those of the measure, half a year where no end is said."""
    if measure.starts_on is None or measure.ends_before is None:
        return WEEKS_USUALLY
    return (measure.ends_before - measure.starts_on).days // 7


def _likely_source(measure: Measure, by: User) -> Source | None:
    problem, area = measure.problem, measure.area
    if problem is None or area is None:
        return None
    readable = {one.pk: one for one in incidents.sources(measure.municipality, by)}
    for goal in problem.goals.exclude(source=None):
        if goal.source_id in readable:
            return readable[goal.source_id]
    most = (
        Incident.objects.accepted()
        .filter(source__in=readable, category=problem.category_id)
        .filter(within([area.code]))
        .values_list("source")
        .annotate(n=Count("pk"))
        .order_by("-n")
        .first()
    )
    return None if most is None else readable[most[0]]


def first_whole_week(day: date) -> date:
    """Return the Monday of the first week that lies wholly after a start."""
    monday = week_start(day)
    return monday if monday == day else monday + timedelta(7)


def freeze_started(now: datetime) -> int:
    """Freeze the evaluations of measures that have started; return how many."""
    today = timezone.localdate(now)
    due = Evaluation.objects.filter(frozen_at=None, measure__starts_on__lte=today).exclude(
        measure__status=Status.NOT_DONE
    )
    number = 0
    for pk in due.values_list("pk", flat=True):
        number += freeze(measure_id=pk, now=now)
    return number


@recorder.atomic()
def freeze(*, measure_id: int, now: datetime) -> bool:
    """Freeze an evaluation at the measure's start: after it nothing of it is chosen."""
    evaluation = Evaluation.objects.select_for_update(of=("self",)).get(pk=measure_id)
    if evaluation.frozen_at is not None:
        return False
    evaluation.frozen_at = now
    evaluation.save(update_fields=["frozen_at"])
    recorder.record(event="measures.evaluation.frozen", target=evaluation.measure, at=now)
    return True


def assess(*, measure_id: int, by: User, now: datetime) -> EffectReading:
    """Read the effect as it was decided before the start, and keep the reading.

    Raises `PermissionDenied`, or `NotAllowed` before the weeks are over.
    """
    return _assess(measure_id, by, now, {})


def assess_many(
    *, measure_ids: Sequence[int], by: User, now: datetime
) -> tuple[list[EffectReading], list[str]]:
    """Read the effects of several measures; each source is counted once for all of them.

    Return the readings, and why others could not be read.
    """
    found, refused = [], []
    counted: Counted = {}
    for pk in measure_ids:
        try:
            found.append(_assess(pk, by, now, counted))
        except NotAllowed as refusal:
            refused.append(str(refusal))
    return found, refused


@recorder.atomic()
def _assess(measure_id: int, by: User, now: datetime, counted: Counted) -> EffectReading:
    measure = (
        Measure.objects.select_for_update(of=("self",))
        .select_related("municipality")
        .get(pk=measure_id)
    )
    policy.require(by, Permission.EFFECT_ASSESS, measure)
    if measure.status == Status.NOT_DONE:
        raise NotAllowed(Reason.NOT_CARRIED_OUT)
    evaluation = (
        Evaluation.objects.select_related("source", "category").filter(measure=measure).first()
    )
    if evaluation is None:
        raise NotAllowed(Reason.NO_EVALUATION)
    if evaluation.frozen_at is None:
        raise NotAllowed(Reason.NOT_FROZEN)
    if timezone.localdate(now) < evaluation.ends_before:
        raise NotAllowed(Reason.TOO_EARLY)
    from samlad.measures import evaluating  # as above

    result = evaluating.read_effect(evaluation, measure.municipality, by, counted)
    reading = EffectReading.objects.create(
        evaluation=evaluation, reading=result["reading"], result=result, at=now
    )
    recorder.record(
        event="measures.effect.read",
        target=measure,
        by=by,
        at=now,
        after={"reading": result["reading"]},
    )
    return reading
