"""Every write on problems, their causes and goals, and the programmes that gather them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Category, Source
from samlad.indicators.models import Indicator
from samlad.measures import rules, tags
from samlad.measures.models import (
    Cause,
    ExistingActivity,
    Goal,
    Problem,
    ProblemFinding,
    Programme,
    ResourceLine,
)
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.vocabulary import Bone, Funding, Unit
from samlad.organisations.models import Organisation
from samlad.picture import sentences
from samlad.picture.models import ADOPTED, Picture
from samlad.places.models import Area, Place


@recorder.atomic()
def state_problem(
    *,
    problem_id: int | None = None,
    organisation_id: int,
    name: str,
    description: str,
    category: Category | None,
    areas: Sequence[Area],
    places: Sequence[Place] = (),
    starts_on: date | None = None,
    ends_before: date | None = None,
    shown_by: tuple[int, int] | None = None,
    by: User,
    now: datetime,
) -> Problem:
    """State a problem, at one or several places, or change it; perhaps shown by a finding.

    `shown_by` is the picture's key and the finding's position. Raises `PermissionDenied` or
    `NotAllowed`; then nothing is stated.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.PROBLEM_EDIT, organisation)
    rules.check_period(starts_on, ends_before)
    here: list[Area | Place] = [*areas, *places]
    if any(one.municipality_id != organisation.municipality_id for one in here):
        raise NotAllowed(Reason.ELSEWHERE)
    if problem_id is None:
        problem = Problem(municipality_id=organisation.municipality_id, stated_at=now)
    else:
        problem = _locked(problem_id, by)
        if problem.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    stated = {
        "owner": organisation,
        "name": name,
        "description": description,
        "category": category,
        "starts_on": starts_on,
        "ends_before": ends_before,
    }
    changed = [name for name, value in stated.items() if getattr(problem, name, None) != value]
    for field, value in stated.items():
        setattr(problem, field, value)
    problem.save()
    problem.areas.set(areas)
    problem.places.set(places)
    recorder.record(
        event="measures.problem.stated" if problem_id is None else "measures.problem.changed",
        target=problem,
        by=by,
        at=now,
        changed=sorted(changed) if problem_id is not None else (),
    )
    if shown_by is not None:
        picture, finding = shown_by
        link_finding(problem_id=problem.pk, picture_id=picture, finding=finding, by=by, now=now)
    return problem


def _locked(problem_id: int, by: User) -> Problem:
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    policy.require(by, Permission.PROBLEM_EDIT, problem)
    if problem.closed_on is not None:
        raise NotAllowed(Reason.CLOSED)
    return problem


@recorder.atomic()
def link_finding(
    *, problem_id: int, picture_id: int, finding: int, by: User, now: datetime
) -> ProblemFinding:
    """Show a problem by a finding of an adopted picture, as it is frozen there.

    Raises `PermissionDenied`, or `NotAllowed` if the picture is not adopted or of another
    municipality.
    """
    problem = _locked(problem_id, by)
    picture = Picture.objects.get(pk=picture_id)
    policy.require(by, Permission.PICTURE_READ_ADOPTED, picture)
    if picture.municipality_id != problem.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    if picture.status not in ADOPTED:
        raise NotAllowed(Reason.NOT_ADOPTED)
    found = picture.compiled.get("findings", [])
    if not 0 <= finding < len(found):
        raise NotAllowed(Reason.NO_SUCH_FINDING)
    linked, made = ProblemFinding.objects.get_or_create(
        problem=problem,
        picture=picture,
        finding=finding,
        defaults={
            "title": sentences.finding_title(found[finding]),
            "source": found[finding]["source"]["name"],
            "incidents": sentences.incidents_of(found[finding]),
        },
    )
    if made:
        recorder.record(
            event="measures.finding.linked",
            target=problem,
            by=by,
            at=now,
            after={"picture": picture.pk, "finding": finding},
        )
    return linked


@recorder.atomic()
def add_cause(*, problem_id: int, bone: Bone, text: str, by: User, now: datetime) -> Cause:
    """Add a likely cause on its bone. Raises `PermissionDenied` or `NotAllowed`."""
    problem = _locked(problem_id, by)
    order = problem.causes.filter(bone=bone).count()
    cause = Cause.objects.create(problem=problem, bone=bone, text=text, order=order)
    recorder.record(
        event="measures.cause.added", target=problem, by=by, at=now, after={"bone": bone}
    )
    return cause


@recorder.atomic()
def change_cause(
    *, problem_id: int, cause_id: int, bone: Bone, text: str, by: User, now: datetime
) -> Cause:
    """Write a cause again, perhaps on another bone. Raises `PermissionDenied` or `NotAllowed`."""
    problem = _locked(problem_id, by)
    cause: Cause = problem.causes.get(pk=cause_id)
    if cause.bone != bone:
        cause.order = problem.causes.filter(bone=bone).count()
    cause.bone, cause.text = bone, text
    cause.save()
    recorder.record(
        event="measures.cause.changed", target=problem, by=by, at=now, after={"bone": bone}
    )
    return cause


@recorder.atomic()
def move_cause(*, problem_id: int, cause_id: int, by: User, now: datetime) -> None:
    """Move a cause one step earlier on its bone. Raises `PermissionDenied` or `NotAllowed`."""
    problem = _locked(problem_id, by)
    bone = problem.causes.get(pk=cause_id).bone
    order = [one.pk for one in problem.causes.filter(bone=bone)]
    at = order.index(cause_id)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
        for position, pk in enumerate(order):
            problem.causes.filter(pk=pk).update(order=position)
        recorder.record(
            event="measures.cause.changed", target=problem, by=by, at=now, after={"bone": bone}
        )


@recorder.atomic()
def remove_cause(*, problem_id: int, cause_id: int, by: User, now: datetime) -> None:
    """Take a cause away. Raises `PermissionDenied` or `NotAllowed`."""
    problem = _locked(problem_id, by)
    gone, _each = problem.causes.filter(pk=cause_id).delete()
    if gone:
        recorder.record(event="measures.cause.removed", target=problem, by=by, at=now)


@recorder.atomic()
def set_goal(
    *,
    problem_id: int,
    goal_id: int | None = None,
    organisation_id: int,
    what: str,
    target: float,
    target_year: int,
    baseline: float | None,
    baseline_year: int | None,
    source: Source | None,
    indicator: Indicator | None,
    is_accepted: bool,
    is_realistic: bool,
    by: User,
    now: datetime,
) -> Goal:
    """Set a goal for a problem, owned by an organisation or a group, or change one.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    problem = _locked(problem_id, by)
    owner = Organisation.objects.get(pk=organisation_id, active=True)
    for thing in (owner, source, indicator):
        if thing is not None and thing.municipality_id != problem.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    goal = Goal(problem=problem) if goal_id is None else problem.goals.get(pk=goal_id)
    goal.owner, goal.what = owner, what
    goal.target, goal.target_year = target, target_year
    goal.baseline, goal.baseline_year = baseline, baseline_year
    goal.source, goal.indicator = source, indicator
    goal.is_accepted, goal.is_realistic = is_accepted, is_realistic
    goal.save()
    recorder.record(
        event="measures.goal.set",
        target=problem,
        by=by,
        at=now,
        after={"year": target_year, "new": goal_id is None},
    )
    return goal


@recorder.atomic()
def remove_goal(*, problem_id: int, goal_id: int, by: User, now: datetime) -> None:
    """Take a goal away. Raises `PermissionDenied` or `NotAllowed`."""
    problem = _locked(problem_id, by)
    gone, _each = problem.goals.filter(pk=goal_id).delete()
    if gone:
        recorder.record(event="measures.goal.removed", target=problem, by=by, at=now)


@recorder.atomic()
def close_problem(*, problem_id: int, by: User, now: datetime) -> Problem:
    """Close a problem. Raises `PermissionDenied` or `NotAllowed`."""
    problem = _locked(problem_id, by)
    problem.closed_on = timezone.localdate(now)
    problem.save(update_fields=["closed_on"])
    recorder.record(event="measures.problem.closed", target=problem, by=by, at=now)
    return problem


@recorder.atomic()
def reopen_problem(*, problem_id: int, by: User, now: datetime) -> Problem:
    """Open a closed problem again. Raises `PermissionDenied`."""
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    policy.require(by, Permission.PROBLEM_EDIT, problem)
    if problem.closed_on is not None:
        problem.closed_on = None
        problem.save(update_fields=["closed_on"])
        recorder.record(event="measures.problem.reopened", target=problem, by=by, at=now)
    return problem


@recorder.atomic()
def start_programme(
    *,
    organisation_id: int,
    name: str,
    purpose: str,
    tag_words: Sequence[str],
    starts_on: date,
    ends_before: date | None,
    problems: Sequence[Problem] = (),
    groups: Sequence[Organisation] = (),
    programme_id: int | None = None,
    by: User,
    now: datetime,
) -> Programme:
    """Start a programme, or change one.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.PROBLEM_EDIT, organisation)
    rules.check_period(starts_on, ends_before)
    here: list[Problem | Organisation] = [*problems, *groups]
    if any(one.municipality_id != organisation.municipality_id for one in here):
        raise NotAllowed(Reason.ELSEWHERE)
    if programme_id is None:
        programme = Programme(municipality_id=organisation.municipality_id)
    else:
        programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme_id)
        policy.require(by, Permission.PROBLEM_EDIT, programme)
        if programme.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
    same = Programme.objects.filter(municipality=programme.municipality_id, name=name)
    if same.exclude(pk=programme_id or 0).exists():
        raise NotAllowed(Reason.NAME_TAKEN)
    programme.owner, programme.name, programme.purpose = organisation, name, purpose
    programme.tags = tags.cleaned(tag_words)
    programme.starts_on, programme.ends_before = starts_on, ends_before
    programme.save()
    programme.problems.set(problems)
    programme.groups.set(groups)
    recorder.record(
        event="measures.programme.saved",
        target=programme,
        by=by,
        at=now,
        after={"new": programme_id is None},
    )
    return programme


@recorder.atomic()
def add_resource(
    *,
    programme_id: int,
    what: str,
    unit: Unit,
    amount: Decimal,
    funding: Funding,
    by: User,
    now: datetime,
) -> ResourceLine:
    """Add a line of what a programme is given. Raises `PermissionDenied`."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme_id)
    policy.require(by, Permission.PROBLEM_EDIT, programme)
    line = ResourceLine.objects.create(
        programme=programme, what=what, unit=unit, amount=amount, funding=funding
    )
    recorder.record(
        event="measures.resource.added",
        target=programme,
        by=by,
        at=now,
        after={"unit": unit},
    )
    return line


@recorder.atomic()
def remove_resource(*, programme_id: int, line_id: int, by: User, now: datetime) -> None:
    """Take a line out that was wrong. Raises `PermissionDenied`."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme_id)
    policy.require(by, Permission.PROBLEM_EDIT, programme)
    programme.resources.filter(pk=line_id).delete()
    recorder.record(event="measures.resource.removed", target=programme, by=by, at=now)


@recorder.atomic()
def register_activity(
    *,
    activity_id: int | None = None,
    organisation_id: int,
    name: str,
    description: str,
    target_groups: Sequence[str],
    by: User,
    now: datetime,
) -> ExistingActivity:
    """Enter an ordinary activity in the catalogue, or change it.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.MEASURE_EDIT, organisation)
    same = ExistingActivity.objects.filter(owner=organisation, name=name)
    if activity_id is None:
        activity = same.first() or ExistingActivity(municipality_id=organisation.municipality_id)
    else:
        activity = ExistingActivity.objects.select_for_update().get(pk=activity_id)
        policy.require(by, Permission.MEASURE_EDIT, activity)
        if activity.municipality_id != organisation.municipality_id:
            raise NotAllowed(Reason.ELSEWHERE)
        if same.exclude(pk=activity_id).exists():
            raise NotAllowed(Reason.NAME_TAKEN)
    is_new = activity.pk is None
    activity.owner, activity.name, activity.description = organisation, name, description
    activity.target_groups, activity.ended_on = list(target_groups), None
    activity.save()
    recorder.record(
        event="measures.activity.registered", target=activity, by=by, at=now, after={"new": is_new}
    )
    return activity


@recorder.atomic()
def end_activity(*, activity_id: int, by: User, now: datetime) -> None:
    """Note that an ordinary activity has ended: measures keep it. Raises `PermissionDenied`."""
    activity = ExistingActivity.objects.select_for_update().get(pk=activity_id)
    policy.require(by, Permission.MEASURE_EDIT, activity)
    activity.ended_on = timezone.localdate(now)
    activity.save(update_fields=["ended_on"])
    recorder.record(event="measures.activity.ended", target=activity, by=by, at=now)
