"""What starts just now, and where: the prospective space-time scan over 250 m cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from samlad.incidents.categories import CELL_M
from samlad.incidents.tables import POINT_DAYS
from samlad.picture.testing import SourceTest
from samlad_stats.clusters import scan_space_time

METHOD_VERSION = "1"
MAX_RADIUS_M = 1000.0
MAX_WEEKS = 4
INCIDENTS_NEEDED = 50  # in the year, with a point
REPLICATES, STOP_AFTER = 9_999, 25
MIDDLE = 0.95


@dataclass(frozen=True)
class Emerging:
    """The most likely cluster of a category: the area most of it is in, its window, its p.

    `expected`, `lower`, `upper` (the middle 95 %) are of as many incidents at those places in
    those weeks when place and week have nothing to do with each other.
    """

    area: int
    category: int
    length: int
    observed: int
    expected: float
    lower: float
    upper: float
    p: float
    llr: float
    cells: tuple[tuple[int, int], ...]
    radius_m: float
    replicates: int


def emerging(test: SourceTest, rng: np.random.Generator) -> list[Emerging]:
    """Return the most likely cluster of each category with incidents enough.

    One search per category, and one p for all of its places and windows; a category searched
    in vain is in the list with p 1, so that the budget counts it.
    """
    points = test.searched
    if points is None or test.history_weeks * 7 < POINT_DAYS:
        return []
    end = test.period.ends_before.toordinal()
    found = []
    for category in test.categories:
        own = points.of(category)
        if len(own.day) < INCIDENTS_NEEDED:
            continue
        cells, where = np.unique(
            np.column_stack([own.x_m // CELL_M, own.y_m // CELL_M]).astype(np.int64),
            axis=0, return_inverse=True,
        )  # fmt: skip
        where = where.ravel()
        weeks_ago = (end - 1 - own.day) // 7
        scan = scan_space_time(
            where, weeks_ago, cells[:, 0] * float(CELL_M), cells[:, 1] * float(CELL_M),
            max_radius=MAX_RADIUS_M, max_periods=MAX_WEEKS, replicates=REPLICATES,
            stop_after=STOP_AFTER, rng=rng,
        )  # fmt: skip
        if not scan.clusters:
            found.append(Emerging(0, category, 1, 0, 0.0, 0.0, 0.0, 1.0, 0.0, (), 0.0, 0))
            continue
        best = scan.clusters[0]
        inside, now = np.isin(where, best.locations), weeks_ago < best.periods
        dealt = stats.hypergeom(len(where), int(inside.sum()), int(now.sum()))
        tail = (1 - MIDDLE) / 2
        areas, number = np.unique(np.maximum(own.area[inside & now], 0), return_counts=True)
        found.append(
            Emerging(
                area=int(areas[np.argmax(number)]),
                category=category,
                length=best.periods,
                observed=best.observed,
                expected=best.expected,
                lower=float(dealt.ppf(tail)),
                upper=float(dealt.ppf(1 - tail)),
                p=best.p,
                llr=best.llr,
                cells=tuple((int(x), int(y)) for x, y in cells[best.locations]),
                radius_m=best.radius,
                replicates=scan.replicates,
            )
        )
    return found
