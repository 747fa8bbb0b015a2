"""Places with many reports in a year: described, tested by nothing, and given no certainty word.

A place is named by its area and its 250 m cell. Dwelling burglaries are left out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from samlad.incidents.categories import CELL_M
from samlad.incidents.tables import POINT_DAYS, Points
from samlad.picture.testing import SourceTest
from samlad_stats.hotspots import dense_places

RADIUS_M = 75.0
INCIDENTS_NEEDED = 10
SHARE_NEEDED = 0.001  # of the year's located reports: in a large town ten are nothing
SHOWN = 10
CATEGORIES_NAMED = 3
LEFT_OUT = frozenset({"bostadsinbrott", "fritidshusinbrott"})


def places(test: SourceTest) -> list[dict[str, Any]]:
    """Return the source's places with most reports, most first."""
    points = test.table.points
    if points is None or test.is_listed_only:
        return []
    counted = [
        category
        for category in test.categories
        if test.table.categories[category].code not in LEFT_OUT
    ]
    chosen = np.flatnonzero(np.isin(points.category, counted))
    x, y = points.x_m[chosen], points.y_m[chosen]
    needed = max(INCIDENTS_NEEDED, int(SHARE_NEEDED * len(x)))
    found = dense_places(x, y, radius_m=RADIUS_M, min_incidents=needed)
    largest = sorted(found.places, key=lambda place: (-len(place.incidents), place.x_m, place.y_m))
    end = test.period.ends_before
    return [
        {
            "source": {"code": test.table.source.code, "name": test.table.source.name},
            "area": _area(test, points, chosen[place.incidents]),
            "cell": [int(place.x_m // CELL_M), int(place.y_m // CELL_M)],
            "incidents": len(place.incidents),
            "radius_m": float(place.radius_m),
            "starts_on": end - timedelta(POINT_DAYS),
            "ends_before": end,
            "categories": _categories(test, points, chosen[place.incidents]),
        }
        for place in largest[:SHOWN]
    ]


def _area(test: SourceTest, points: Points, rows: np.ndarray) -> dict[str, str]:
    areas, number = np.unique(np.maximum(points.area[rows], 0), return_counts=True)
    area = test.table.areas[int(areas[np.argmax(number)])]
    return {"code": area.code, "name": area.name}


def _categories(test: SourceTest, points: Points, rows: np.ndarray) -> list[dict[str, Any]]:
    codes, number = np.unique(points.category[rows], return_counts=True)
    order = np.lexsort((codes, -number))[:CATEGORIES_NAMED]
    return [
        {"label": test.table.categories[int(codes[i])].label, "incidents": int(number[i])}
        for i in order
    ]
