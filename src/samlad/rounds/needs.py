"""What each part of the municipality needs, ranked, with what the place rests on (C11, E19).

Rank: need × influence of the last adoption meeting that gave the area a place; those without one
come after, by open problems and then by findings. The reason that was written stands beside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.measures.models import Measure, Problem
from samlad.measures.workflow import Status
from samlad.organisations.models import Municipality
from samlad.picture import sentences
from samlad.picture.models import ADOPTED, Picture
from samlad.picture.queries import language
from samlad.places.models import Area, AreaKind
from samlad.rounds.models import Priority, Round

WEEKS = 26


@dataclass
class Need:
    """One area: its place in the order and why, and the evidence `user` may read."""

    area: str
    score: int = 0
    need: int = 0
    influence: int = 0
    reason: str = ""
    decided_on: date | None = None
    problems: list[Problem] = field(default_factory=list)
    findings: list[tuple[int, str]] = field(default_factory=list)
    measures: int = 0


class _Rows:
    """The rows by area: of the district an area lies in, else of the area itself."""

    def __init__(self, municipality: Municipality) -> None:
        areas = Area.objects.filter(municipality=municipality).defer("boundary")
        self.areas = {one.pk: one for one in areas}
        self.codes = {one.code: one for one in self.areas.values()}
        self.found: dict[str, Need] = {
            one.code: Need(one.name)
            for one in self.areas.values()
            if one.kind == AreaKind.DISTRICT and one.ends_before is None
        }
        self.districts = frozenset(self.found)

    def within(self, area: Area | None) -> Need | None:
        """Return the row an area's evidence stands in; None where there is no area."""
        if area is None:
            return None
        above: Area | None = area
        while above is not None and above.code not in self.districts:
            above = self.areas.get(above.parent_id) if above.parent_id else None
        one = above or area
        return self.found.setdefault(one.code, Need(one.name))


def needs(municipality: Municipality, user: User, *, today: date) -> list[Need]:
    """Return the districts, or where there are none the parts that anything is said of, ranked."""
    rows, since = _Rows(municipality), today - timedelta(weeks=WEEKS)
    _problems(rows, municipality, user)
    _findings(rows, municipality, user, since)
    _priorities(rows, municipality, user, since)
    planned = Measure.objects.where_user_can(user, Permission.MEASURE_READ).filter(
        municipality=municipality, status=Status.PLANNED, area__isnull=False
    )
    for pk in planned.values_list("area", flat=True):
        row = rows.within(rows.areas.get(pk))
        if row is not None:
            row.measures += 1
    return sorted(
        rows.found.values(),
        key=lambda one: (-one.score, -len(one.problems), -len(one.findings), one.area),
    )


def _problems(rows: _Rows, municipality: Municipality, user: User) -> None:
    readable = Problem.objects.where_user_can(user, Permission.MEASURE_READ)
    for problem in readable.filter(municipality=municipality, closed_on=None).prefetch_related(
        "areas"
    ):
        for area in problem.areas.all():
            row = rows.within(rows.areas.get(area.pk))
            if row is not None and problem not in row.problems:
                row.problems.append(problem)


def _findings(rows: _Rows, municipality: Municipality, user: User, since: date) -> None:
    pictures = (
        Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED)
        .filter(municipality=municipality, status__in=ADOPTED, starts_on__gte=since)
        .order_by("-starts_on")
        .defer("charts", "tables", "frozen", "given", "notes")
    )
    for picture in pictures:
        for finding in picture.compiled["findings"]:
            row = rows.within(rows.codes.get(finding["area"]["code"]))
            if row is not None:
                row.findings.append((picture.pk, sentences.finding_title(finding, language())))


def _priorities(rows: _Rows, municipality: Municipality, user: User, since: date) -> None:
    """Take the last place each area was given at a meeting; the highest where parts differ."""
    readable = Round.objects.where_user_can(user, Permission.ROUND_READ).values("pk")
    given = (
        Priority.objects.filter(
            round__in=readable, round__municipality=municipality, round__ends_before__gt=since
        )
        .select_related("round")
        .defer("round__picture")
        .order_by("round__ends_before")
    )
    last = {one.area_id: one for one in given}
    for one in last.values():
        row, score = rows.within(rows.areas.get(one.area_id)), one.need * one.influence
        if row is not None and score > row.score:
            row.score, row.need, row.influence = score, one.need, one.influence
            row.reason, row.decided_on = one.reason, one.round.ends_before
