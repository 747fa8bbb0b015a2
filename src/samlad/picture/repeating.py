"""Whether burglaries follow each other in the same neighbourhood: one Knox test a category.

One distance and one delay, fixed beforehand. What is named is 250 m cells and areas: never a
dwelling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from samlad.incidents.categories import CELL_M
from samlad.incidents.tables import Points
from samlad.picture.testing import SourceTest
from samlad_stats.near_repeats import knox

METHOD_VERSION = "1"
NEAR_M, NEAR_DAYS = 300.0, 14.0  # a cell of 250 m and those it shares a side with; a fortnight
INCIDENTS_NEEDED = 50
PERMUTATIONS, STOP_AFTER = 9_999, 25
MIDDLE = 0.95
# Categories of the product, and words a file uses for the same.
BURGLARIES = frozenset({"bostadsinbrott", "fritidshusinbrott", "inbrott-lokal"})
BURGLARY_WORDS = ("burglary", "break and enter", "inbrott")


@dataclass(frozen=True)
class Repeating:
    """Pairs of incidents near in place and time, against dealings of the days.

    `watch` are the cells with an incident of the last fortnight: (cell across, cell up, area,
    incidents), most first. `area` is the whole: that is where the pairs were counted.
    """

    area: int
    category: int
    length: int
    observed: int
    expected: float
    lower: float
    upper: float
    p: float
    incidents: int
    watch: tuple[tuple[int, int, int, int], ...]


def is_burglary(code: str, label: str) -> bool:
    """Tell whether a category is one that repeats nearby.

    >>> is_burglary("bostadsinbrott", "Bostadsinbrott"), is_burglary("stold", "Stöld")
    (True, False)
    """
    return code in BURGLARIES or label.casefold().startswith(BURGLARY_WORDS)


def repeating(test: SourceTest, rng: np.random.Generator) -> list[Repeating]:
    """Return a test for each burglary-like category with 50 located incidents in the year.

    Where the last fortnight had none there is nothing to watch, and nothing is tested.
    """
    points = test.searched
    if points is None:
        return []
    found = []
    for category in test.categories:
        label = test.table.categories[category]
        if not is_burglary(label.code, label.label):
            continue
        own = points.of(category)
        recent = test.period.ends_before.toordinal() - own.day <= NEAR_DAYS
        if len(own.day) < INCIDENTS_NEEDED or not recent.any():
            continue
        result = knox(
            own.x_m, own.y_m, own.day, delta=NEAR_M, tau=NEAR_DAYS,
            permutations=PERMUTATIONS, stop_after=STOP_AFTER, rng=rng,
        )  # fmt: skip
        half = float(stats.norm.ppf((1 + MIDDLE) / 2)) * result.sd
        found.append(
            Repeating(
                area=0,
                category=category,
                length=1,
                observed=result.close_in_both,
                expected=result.expected,
                lower=max(result.expected - half, 0.0),
                upper=result.expected + half,
                p=result.p,
                incidents=len(own.day),
                watch=_watch(own, recent),
            )
        )
    return found


def _watch(own: Points, recent: np.ndarray) -> tuple[tuple[int, int, int, int], ...]:
    cells = np.column_stack(
        [own.x_m[recent] // CELL_M, own.y_m[recent] // CELL_M, np.maximum(own.area[recent], 0)]
    ).astype(np.int64)
    rows, number = np.unique(cells, axis=0, return_counts=True)
    order = np.lexsort((rows[:, 1], rows[:, 0], -number))
    return tuple((int(rows[i, 0]), int(rows[i, 1]), int(rows[i, 2]), int(number[i])) for i in order)
