"""Point to area, and name to area, for many rows at once. Pure: polygons in, indices out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

NOWHERE = -1


class Locator:
    """Finds the area of points among polygons that share one metric system.

    A point on a border between two areas belongs to the one first in the list.
    """

    def __init__(self, polygons: Sequence[BaseGeometry]) -> None:
        self._polygons = np.asarray(polygons, dtype=object)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)

    def areas_of(self, x_m: np.ndarray, y_m: np.ndarray) -> np.ndarray:
        """Return each point's area index (n,), `NOWHERE` outside all and for NaN."""
        found = np.full(len(x_m), NOWHERE, dtype=np.int32)
        known = np.flatnonzero(np.isfinite(x_m) & np.isfinite(y_m))
        if not len(known) or not len(self._polygons):
            return found
        points = shapely.points(x_m[known], y_m[known])
        point, area = self._tree.query(points, predicate="intersects")
        order = np.lexsort((-area, point))  # the lowest area index is written last
        found[known[point[order]]] = area[order]
        return found


def name_key(name: str) -> str:
    """Return a name as it is compared: case and spacing do not matter.

    >>> name_key("  Upplands-BRO ")
    'upplands-bro'
    """
    return " ".join(name.split()).casefold()
