"""The deployment list: where to be next period, and when, by what the picture found.

Pure but for the areas: findings in, lines out. A line is a place and a daypart; a finding gives
one line for each of its two busiest dayparts. After the findings come the places with many
reports, until there are `MOST` lines.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from samlad.calendar.dayparts import Daypart, daypart
from samlad.incidents.categories import CELL_M
from samlad.organisations.models import Municipality
from samlad.picture import sentences
from samlad.picture.workflow import Decision
from samlad.places import shapes
from samlad.places.models import Place
from samlad_stats.forecasts import hit_curve

MOST = 10
NEAR_M = 250  # a guard finds it from there
LONGEST_NAME = 80
DAYPARTS_EACH = 2
# How many hours of a week each daypart has, to compare busy with busy.
HOURS = dict.fromkeys(Daypart, 0)
for _day in range(7):
    for _hour in range(24):
        HOURS[daypart(_day, _hour)] += 1


@dataclass(frozen=True)
class Landmark:
    """A place people know by name: metres east and north (SWEREF 99 TM)."""

    name: str
    x_m: float
    y_m: float


@dataclass(frozen=True)
class ProposedPresence:
    """One line: area code, spot in words, daypart, and the finding (or None) it follows from."""

    area: str
    spot: str
    daypart: str
    finding: int | None
    because: str


def areas_in_force(municipality: Municipality, day: date) -> dict[str, int]:
    """Return the keys of the areas in force on a day, by code."""
    return {area.code: area.pk for area in shapes.areas_on(municipality, day)}


def landmarks(municipality: Municipality) -> list[Landmark]:
    """Return the places a guard knows by name."""
    rows = Place.objects.filter(municipality=municipality).values_list("name", "x_m", "y_m")
    return [Landmark(name[:LONGEST_NAME], x_m, y_m) for name, x_m, y_m in rows]


def proposed(
    compiled: Mapping[str, Any],
    decided: Mapping[int, str],
    known: Sequence[str],
    landmarks: Sequence[Landmark] = (),
) -> list[ProposedPresence]:
    """Return the lines of a compiled picture, the most urgent first."""
    lines: list[ProposedPresence] = []
    for position, finding in enumerate(compiled["findings"]):
        if decided.get(position) == Decision.DISMISSED:
            continue
        area = finding["area"]["code"]
        for part in busiest(compiled, finding["source"]["code"])[:DAYPARTS_EACH]:
            lines.append(
                ProposedPresence(
                    area,
                    _spot(finding, landmarks),
                    part,
                    position,
                    sentences.finding_title(finding),
                )
            )
    for place in compiled.get("places", []):
        part = busiest(compiled, place["source"]["code"])[0]
        cell = spot(place["cell"], CELL_M, landmarks)
        most = place["categories"][0]["label"] if place["categories"] else ""
        because = f"{place['incidents']} rapporter på tolv månader"
        because += f", mest {most}" if most else ""
        lines.append(ProposedPresence(place["area"]["code"], cell, part, None, because))
    unique: dict[tuple[str, str, str], ProposedPresence] = {}
    for line in lines:
        if line.area in known:
            unique.setdefault((line.area, line.spot, line.daypart), line)
    return list(unique.values())[:MOST]


def busiest(compiled: Mapping[str, Any], source: str) -> list[str]:
    """Return the dayparts by how many a source reports an hour, the busiest first."""
    counts: dict[Daypart, float] = defaultdict(float)
    for one in compiled["hours"]:
        if one["source"] == source:
            for day in range(7):
                for hour in range(24):
                    counts[daypart(day, hour)] += one["counts"][day][hour]
    order = sorted(Daypart, key=lambda part: -counts[part] / HOURS[part])
    return [part.value for part in order]


def _spot(finding: Mapping[str, Any], landmarks: Sequence[Landmark]) -> str:
    """Return the cell a finding names, "" where it names an area."""
    cells = finding["parameters"].get("cells") or []
    watch = finding["parameters"].get("watch") or []
    named = cells[:1] or [one["cell"] for one in watch[:1]]
    return spot(named[0], finding["parameters"]["cell_m"], landmarks) if named else ""


def spot(cell: Sequence[int], side_m: int, landmarks: Sequence[Landmark]) -> str:
    """Return a cell by the known place nearest to its middle, if one is near, and its number.

    >>> spot([1480, 24871], 250, [Landmark("Skateparken", 370_100, 6_217_900)])
    'vid Skateparken (ruta 370:6217,75)'
    >>> spot([1480, 24871], 250, [])
    'ruta 370:6217,75'
    """
    name = sentences.cell(cell, side_m)
    east, north = ((part + 0.5) * side_m for part in cell)
    near = [(math.hypot(one.x_m - east, one.y_m - north), one.name) for one in landmarks]
    metres, nearest = min(near, default=(math.inf, ""))
    return f"vid {nearest} ({name})" if metres <= max(side_m, NEAR_M) else name


@dataclass(frozen=True)
class Score:
    """How well a list caught what came: PAI of it, and of last period's busiest places.

    `places` is how many areas were visited; NaN-free: None where nothing came.
    """

    source: str
    incidents: int
    places: int
    hit_rate: float
    hit_percent: int
    pai: float
    pai_star: float
    as_last: float


def score(
    *,
    source: str,
    ranked: Sequence[int],
    before: np.ndarray,
    after: np.ndarray,
    size: np.ndarray,
) -> Score | None:
    """Score a list on the period after, beside "the same places as last period".

    `ranked` are indices of the areas visited, the first first; `before` and `after` the counts
    (n_areas,) of the period the list was made from and of the one after; `size` their areas.
    None where nothing came, or the list is empty.
    """
    if not after.sum() or not len(ranked):
        return None
    places = list(dict.fromkeys(ranked))
    predicted = np.zeros(len(after))
    predicted[places] = np.arange(len(places), 0, -1)
    ours = hit_curve(predicted, after, size)
    last = hit_curve(before, after, size)
    k = len(places) - 1
    return Score(
        source=source,
        incidents=int(after.sum()),
        places=len(places),
        hit_rate=float(ours.hit_rate[k]),
        hit_percent=round(100 * float(ours.hit_rate[k])),
        pai=float(ours.pai[k]),
        pai_star=float(ours.pai_star[k]),
        as_last=float(last.pai[k]),
    )
