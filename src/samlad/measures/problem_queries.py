"""Every read on problems, programmes, the year and cameras: starts at who may see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.indicators import queries as indicators
from samlad.measures import tags
from samlad.measures.models import (
    ExistingActivity,
    Goal,
    Problem,
    ProblemFinding,
    Programme,
)
from samlad.measures.vocabulary import Bone, Unit
from samlad.picture import sentences
from samlad.picture.models import Picture
from samlad.picture.queries import language
from samlad.places.models import within

YEARS_SHOWN = 6


def problems(user: User, *, area: int | None = None) -> list[Problem]:
    """Return the problems `user` may read, open ones first; of one area and its parts if asked."""
    readable = Problem.objects.where_user_can(user, Permission.MEASURE_READ)
    if area is not None:
        inside = Q(areas=area) | Q(areas__parent=area) | Q(areas__parent__parent=area)
        readable = readable.filter(inside)
    return list(
        readable.annotate(number=Count("measures", distinct=True))
        .prefetch_related("areas", "findings")
        .distinct()
    )


def find_problem(user: User, pk: int) -> Problem | None:
    """Return a problem `user` may read, or None."""
    found: Problem | None = (
        Problem.objects.where_user_can(user, Permission.MEASURE_READ)
        .select_related("municipality", "owner", "category")
        .prefetch_related("areas", "places", "findings__picture", "causes__measures", "programmes")
        .filter(pk=pk)
        .first()
    )
    return found


def bones(problem: Problem) -> dict[str, list[str]]:
    """Return the causes of a problem by the label of their bone."""
    found: dict[str, list[str]] = {str(bone.label): [] for bone in Bone}
    for cause in problem.causes.all():
        found[str(cause.get_bone_display())].append(cause.text)
    return found


@dataclass(frozen=True)
class Progress:
    """A goal with what is known of each year; what is missing for SMART is said."""

    pk: int
    what: str
    owner: str
    measured_by: str
    baseline: float | None
    baseline_year: int | None
    target: float
    target_year: int
    years: list[tuple[int, float]]
    missing: list[str]
    measures: list[str]


def progress(problem: Problem, user: User) -> list[Progress]:
    """Return a problem's goals with their progress per year, from the series that measures them.

    Incidents are counted where `user` may read the whole source; else no year is shown.
    """
    rows = problem.goals.select_related("owner", "source", "indicator").prefetch_related("measures")
    return [_progress(goal, problem, user) for goal in rows]


def _progress(goal: Goal, problem: Problem, user: User) -> Progress:
    years: dict[int, float] = {}
    measured_by = ""
    if goal.indicator is not None:
        measured_by = str(goal.indicator)
        if policy.can(user, Permission.INDICATOR_READ, goal.indicator):
            years = indicators.by_year(goal.indicator)
    elif goal.source is not None:
        measured_by = goal.source.name
        if policy.can(user, Permission.INCIDENT_READ, goal.source):
            years = _incidents_by_year(goal, problem)
    missing = []
    if not measured_by:
        missing.append("measurable")
    if not goal.is_accepted:
        missing.append("accepted")
    if not goal.is_realistic:
        missing.append("realistic")
    return Progress(
        pk=goal.pk,
        what=goal.what,
        owner=goal.owner.name,
        measured_by=measured_by,
        baseline=goal.baseline,
        baseline_year=goal.baseline_year,
        target=goal.target,
        target_year=goal.target_year,
        years=sorted(years.items())[-YEARS_SHOWN:],
        missing=missing,
        measures=[one.what for one in goal.measures.all()],
    )


def _incidents_by_year(goal: Goal, problem: Problem) -> dict[int, float]:
    rows = Incident.objects.accepted().filter(source=goal.source)
    if problem.category_id:
        rows = rows.filter(category=problem.category_id)
    codes = [area.code for area in problem.areas.all()]
    if codes:
        rows = rows.filter(within(codes), municipality=problem.municipality_id)
    counted = rows.annotate(year=ExtractYear("happened_on")).values_list("year")
    return {year: float(n) for year, n in counted.annotate(n=Count("pk")).order_by("year")}


def programmes(user: User, *, tag: str = "") -> list[Programme]:
    """Return the programmes `user` may read; with a tag, by any of its names."""
    readable = Programme.objects.where_user_can(user, Permission.MEASURE_READ)
    rows = list(readable.prefetch_related("problems", "groups", "resources"))
    return [one for one in rows if not tag or tags.matches(one.tags, tag)]


def find_programme(user: User, pk: int) -> Programme | None:
    """Return a programme `user` may read, or None."""
    found: Programme | None = (
        Programme.objects.where_user_can(user, Permission.MEASURE_READ)
        .select_related("owner", "municipality")
        .prefetch_related("problems", "groups", "resources")
        .filter(pk=pk)
        .first()
    )
    return found


def sums(programme: Programme) -> list[tuple[str, Decimal]]:
    """Return what a programme is given in all, by unit."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for line in programme.resources.all():
        total[line.unit] += line.amount
    return [(str(unit.label), total[unit]) for unit in Unit if unit in total]


def activities(user: User) -> list[ExistingActivity]:
    """Return the catalogue of ordinary activities `user` may read."""
    readable = ExistingActivity.objects.where_user_can(user, Permission.MEASURE_READ)
    return list(readable.filter(ended_on=None).select_related("owner"))


def shown_by(user: User, picture: Picture) -> tuple[str, dict[str, Any]] | None:
    """Return which problems the findings of an adopted picture show, for the picture's page.

    For those who state problems; None for others, and while the picture is a draft.
    """
    if picture.number is None or not policy.can(user, Permission.PROBLEM_EDIT, picture):
        return None
    links: dict[int, list[Problem]] = defaultdict(list)
    for one in ProblemFinding.objects.filter(picture=picture).select_related("problem"):
        links[one.finding].append(one.problem)
    rows = [
        (position, sentences.finding_title(finding, language()), links.get(position, []))
        for position, finding in enumerate(picture.compiled["findings"])
    ]
    open_ones = [one for one in problems(user) if one.closed_on is None]
    context = {"rows": rows, "picture": picture, "problems": open_ones}
    return ("measures/_shown_by.html", context) if rows else None
