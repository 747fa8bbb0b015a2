"""Every read on problems, programmes, the year and cameras: starts at who may see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar import queries as calendar
from samlad.calendar.models import SchoolBreak
from samlad.incidents.models import Incident
from samlad.indicators import queries as indicators
from samlad.measures import tags
from samlad.measures.models import (
    Camera,
    ExistingActivity,
    Goal,
    Measure,
    Problem,
    ProblemFinding,
    Programme,
    WheelEntry,
)
from samlad.measures.vocabulary import Bone, Unit
from samlad.organisations.models import Municipality
from samlad.picture import sentences
from samlad.picture.models import Picture
from samlad.picture.queries import language

KEPT_AFTER_END = timedelta(days=5 * 365 + 1)  # a camera's documents: five years (IMY)
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
        .prefetch_related("areas", "places", "findings__picture", "causes", "programmes")
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


def progress(problem: Problem, user: User) -> list[Progress]:
    """Return a problem's goals with their progress per year, from the series that measures them.

    Incidents are counted where `user` may read the whole source; else no year is shown.
    """
    rows = problem.goals.select_related("owner", "source", "indicator")
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
    )


def _incidents_by_year(goal: Goal, problem: Problem) -> dict[int, float]:
    rows = Incident.objects.accepted().filter(source=goal.source)
    if problem.category_id:
        rows = rows.filter(category=problem.category_id)
    codes = [area.code for area in problem.areas.all()]
    if codes:  # every version of an area, and its parts
        rows = rows.filter(
            Q(area__code__in=codes)
            | Q(area__parent__code__in=codes)
            | Q(area__parent__parent__code__in=codes),
            municipality=problem.municipality_id,
        )
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


@dataclass(frozen=True)
class Month:
    """One month of the year: breaks, what comes every year, what is coming, measures."""

    starts_on: date
    breaks: list[str]
    entries: list[WheelEntry]
    events: list[str]
    measures: list[Measure]


def year(municipality: Municipality, user: User, *, chosen: int) -> list[Month]:
    """Return the twelve months of a year."""
    first, last = date(chosen, 1, 1), date(chosen + 1, 1, 1)
    breaks = list(
        SchoolBreak.objects.filter(
            municipality=municipality, starts_on__lt=last, ends_before__gt=first
        )
    )
    entries = list(
        WheelEntry.objects.where_user_can(user, Permission.MEASURE_READ).filter(
            municipality=municipality
        )
    )
    events = calendar.coming(municipality, starts_on=first, ends_before=last)
    rows = list(
        Measure.objects.where_user_can(user, Permission.MEASURE_READ)
        .filter(municipality=municipality, starts_on__gte=first, starts_on__lt=last)
        .select_related("owner")
        .order_by("starts_on")
    )
    return [
        Month(
            starts_on=date(chosen, month, 1),
            breaks=[
                f"{one.get_kind_display()} {one.starts_on:%-d/%-m}–"
                f"{one.ends_before - timedelta(1):%-d/%-m}"
                for one in breaks
                if one.starts_on.month == month and one.starts_on.year == chosen
            ],
            entries=[one for one in entries if one.month == month],
            events=[one.name for one in events if max(one.starts_on, first).month == month],
            measures=[one for one in rows if one.starts_on and one.starts_on.month == month],
        )
        for month in range(1, 13)
    ]


def begins_on(entry: WheelEntry, *, today: date) -> date:
    """Return when an entry comes next: its school break's first day, or its month's."""
    if entry.before_break:
        coming = (
            SchoolBreak.objects.filter(
                municipality=entry.municipality_id,
                kind=entry.before_break,
                starts_on__gte=today,
            )
            .order_by("starts_on")
            .first()
        )
        if coming is not None:
            return coming.starts_on
    this = date(today.year, entry.month, 1)
    return this if this >= today else date(today.year + 1, entry.month, 1)


def reminders(user: User, *, today: date) -> list[tuple[WheelEntry, date]]:
    """Return what is to be begun now: N weeks before it comes, with the day it comes."""
    rows = WheelEntry.objects.where_user_can(user, Permission.MEASURE_EDIT)
    found = [(one, begins_on(one, today=today)) for one in rows]
    return sorted(
        (pair for pair in found if pair[1] - timedelta(weeks=pair[0].weeks_before) <= today),
        key=lambda pair: pair[1],
    )


@dataclass(frozen=True)
class CameraRow:
    """A place under surveillance: its state, and until when its documents are kept."""

    camera: Camera
    is_in_use: bool
    keep_until: date | None
    incidents_year: int | None


def cameras(user: User, *, today: date) -> list[CameraRow]:
    """Return the register of cameras `user` may read, with the year's incidents at the place."""
    rows = Camera.objects.where_user_can(user, Permission.MEASURE_READ).select_related("place")
    seen = Incident.objects.where_user_can(user, Permission.INCIDENT_READ)
    counted = dict(
        seen.filter(
            pk__in=Incident.objects.accepted().values("pk"),
            place__in=[row.place_id for row in rows],
            happened_on__gt=today - timedelta(365),
        )
        .values_list("place")
        .annotate(n=Count("pk"))
        .order_by()
    )
    reads = policy.can_somewhere(user, Permission.INCIDENT_READ)
    return [
        CameraRow(
            camera=row,
            is_in_use=row.started_on is not None
            and row.started_on <= today
            and (row.ended_on is None or today < row.ended_on),
            keep_until=None if row.ended_on is None else row.ended_on + KEPT_AFTER_END,
            incidents_year=counted.get(row.place_id, 0) if reads else None,
        )
        for row in rows
    ]


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
