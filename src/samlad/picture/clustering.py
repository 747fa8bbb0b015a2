"""Where deviations lie together: Gi* over the areas, from thirty of them upwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy import sparse
from shapely.geometry.base import BaseGeometry

from samlad.picture.testing import Series, SourceTest
from samlad_stats.hotspots import highest_getis_ord

AREAS_NEEDED = 30
PERMUTATIONS = 99_999
TOUCHING_M = 1.0
METHOD_VERSION = "1"


@dataclass(frozen=True)
class Cluster:
    """The highest Gi* of a category: where, its spread under relabelling, p."""

    area: int
    category: int
    length: int
    z: float
    usual: float
    lower: float
    upper: float
    p: float
    p_conditional: float
    permutations: int
    neighbours: tuple[int, ...]
    observed: int
    expected: float


def touching(boundaries: Sequence[BaseGeometry]) -> sparse.csr_matrix:
    """Return which areas touch which, in metres, as binary weights without the diagonal."""
    shapes = np.asarray(boundaries, dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCHING_M)
    apart = first != second
    ones = np.ones(int(apart.sum()))
    n = len(shapes)
    return sparse.csr_matrix((ones, (first[apart], second[apart])), shape=(n, n))


def clusters(
    test: SourceTest,
    series: Sequence[Series],
    neighbours: sparse.csr_matrix,
    members: Sequence[int],
    rng: np.random.Generator,
) -> list[Cluster]:
    """Return the highest Gi* of each category, over the longest window tested.

    One test per category: however many areas there are, they are one search.
    `members` are the areas' indices in the table, in the order of `neighbours`. Nothing
    where there are fewer than thirty areas: then the ranked table says it better.
    """
    if len(members) < AREAS_NEEDED:
        return []
    tested = [s for s in series if s.p is not None]
    if not tested:
        return []
    length = max(s.length for s in tested)
    place = {area: i for i, area in enumerate(members)}
    by_category: dict[int, list[Series]] = {}
    for one in tested:
        if one.length == length and one.area in place:
            by_category.setdefault(one.category, []).append(one)
    found = []
    for category, rows in sorted(by_category.items()):
        rows.sort(key=lambda row: place[row.area])
        observed = np.array([row.observed for row in rows], float)
        expected = np.array([row.expected for row in rows], float)
        spread = np.sqrt(expected * np.array([row.dispersion for row in rows], float))
        standardised = (observed - expected) / spread
        if np.ptp(standardised) == 0:
            continue
        highest = highest_getis_ord(standardised, neighbours, permutations=PERMUTATIONS, rng=rng)
        i = highest.area
        around = neighbours.indices[neighbours.indptr[i] : neighbours.indptr[i + 1]]
        together = [i, *around.tolist()]
        found.append(
            Cluster(
                area=rows[i].area,
                category=category,
                length=length,
                z=highest.z,
                usual=highest.expected,
                lower=highest.lower,
                upper=highest.upper,
                p=highest.p,
                p_conditional=highest.p_conditional,
                permutations=highest.permutations,
                neighbours=tuple(members[j] for j in sorted(around.tolist())),
                observed=int(observed[together].sum()),
                expected=float(expected[together].sum()),
            )
        )
    return found
