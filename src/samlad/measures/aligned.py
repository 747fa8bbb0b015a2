"""This year beside the years before, week by week: the same weeks lie above each other (B12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import ExtractIsoYear, ExtractWeek

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident, Source
from samlad.measures.models import Problem
from samlad.places.models import within
from samlad.ui import charts

YEARS = 4
WIDTH, HEIGHT = 560, 200
COLOURS = ("#7d929c", "#5f7681", "#44515c", charts.ACCENT)  # the last year stands out
WEEKS = 53


@dataclass(frozen=True)
class Aligned:
    """Incidents by ISO week and year: `counts` holds 53 weeks a year, None where none can be.

    `so_far` is the sum of the weeks that this year has behind it, for every year.
    """

    source: str
    week: int
    counts: dict[int, list[int | None]]
    so_far: list[tuple[int, int]]

    @property
    def rows(self) -> list[tuple[int, list[int | None]]]:
        """Return the weeks with the number of every year."""
        return [
            (week + 1, [weeks[week] for weeks in self.counts.values()])
            for week in range(WEEKS)
            if any(weeks[week] is not None for weeks in self.counts.values())
        ]


def source_of(problem: Problem, user: User) -> Source | None:
    """Return the source that measures a problem's goal, if `user` may read the whole of it."""
    goal = problem.goals.exclude(source=None).select_related("source").first()
    if goal is None or goal.source is None:
        return None
    return goal.source if policy.can(user, Permission.INCIDENT_READ, goal.source) else None


def aligned(problem: Problem, source: Source, *, today: date) -> Aligned | None:
    """Return a problem's incidents of the last years, or None where there are none.

    Weeks that are not over, and weeks before the source's first incident, are not counted.
    """
    rows = Incident.objects.accepted().filter(source=source, happened_on__isnull=False)
    first = rows.order_by("happened_on").values_list("happened_on", flat=True).first()
    if problem.category_id:
        rows = rows.filter(category=problem.category_id)
    codes = [area.code for area in problem.areas.all()]
    if codes:
        rows = rows.filter(within(codes))
    last = today - timedelta(today.weekday() + 1)  # the last Sunday
    year, week = last.isocalendar()[:2]
    years = range(year - YEARS + 1, year + 1)
    counted = {
        (y, w): n
        for y, w, n in rows.filter(
            happened_on__gte=date.fromisocalendar(years[0], 1, 1), happened_on__lte=last
        )
        .annotate(y=ExtractIsoYear("happened_on"), w=ExtractWeek("happened_on"))
        .values_list("y", "w")
        .annotate(n=Count("pk"))
        .order_by("y", "w")
    }
    if first is None or not counted:
        return None
    counts: dict[int, list[int | None]] = {}
    for y in years:
        weeks = date(y, 12, 28).isocalendar()[1]
        column: list[int | None] = [
            counted.get((y, w), 0)
            if w <= weeks and first <= date.fromisocalendar(y, w, 1) <= last
            else None
            for w in range(1, WEEKS + 1)
        ]
        if any(n is not None for n in column):
            counts[y] = column
    so_far = [
        (y, sum(n or 0 for n in column[:week]))
        for y, column in counts.items()
        if all(n is not None for n in column[: min(week, 52)])
    ]
    return Aligned(source.name, week, counts, so_far)


def drawing(found: Aligned, *, title: str, target: float | None = None) -> str:
    """Return the years as lines of what had happened by each week; the table has the weeks.

    The sum grows week by week, so that small numbers do not make a tangle; the year stands at the
    end of its line. `target` is a goal for a year: a dashed line to stay below.
    """
    years = list(found.counts)
    points = []
    for year, column in found.counts.items():
        total = 0
        for week, n in enumerate(column, 1):
            if n is not None:
                total += n
                points.append({"week": week, "n": total, "year": str(year)})
    lines = {str(one["year"]): one for one in points}
    axis: dict[str, Any] = {"labelColor": charts.MUTED, "labelFontSize": 12, "title": None}
    x = {
        "field": "week",
        "type": "quantitative",
        "scale": {"domain": [1, WEEKS + 4], "nice": False},
        "axis": {**axis, "values": [1, 10, 20, 30, 40, 52], "grid": False},
    }
    y = {
        "field": "n",
        "type": "quantitative",
        "axis": {**axis, "gridColor": "#e4eaec", "tickMinStep": 1, "domain": False},
    }
    colour = {
        "field": "year",
        "type": "nominal",
        "scale": {"domain": [str(year) for year in years], "range": list(COLOURS[-len(years) :])},
        "legend": None,
    }
    width = {"condition": {"test": f"datum.year === '{years[-1]}'", "value": 3}, "value": 1.5}
    spec = {
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            {
                "data": {"values": points},
                "mark": {"type": "line"},
                "encoding": {"x": x, "y": y, "color": colour, "strokeWidth": width},
            },
            {
                "data": {"values": list(lines.values())},
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13},
                "encoding": {
                    "x": x,
                    "y": y,
                    "text": {"field": "year"},
                    "color": {"value": charts.INK},
                },
            },
        ],
    }
    if target is not None:
        rule = {"y": {"datum": target, "type": "quantitative"}}
        mark = {"type": "rule", "strokeDash": [6, 4], "color": charts.INK}
        layer = {"data": {"values": [{}]}, "mark": mark, "encoding": rule}  # one line, of no data
        spec["layer"].append(layer)  # type: ignore[attr-defined]
    return charts.render(spec, title=title)
