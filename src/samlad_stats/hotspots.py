"""Where do high values lie together?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse, special

from samlad_stats._checks import check_whole


@dataclass(frozen=True)
class GetisOrd:
    """Local Gi or Gi* of each area: ``z`` (n,), ``p`` (n,) one-sided upwards.

    ``lower``, ``upper`` (n,) hold the middle 95 % of ``z`` under permutation (NaN without).
    """

    z: np.ndarray
    p: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def getis_ord(
    values: ArrayLike,
    neighbours: sparse.csr_matrix | sparse.csr_array,
    *,
    star: bool = True,
    permutations: int = 0,
    rng: np.random.Generator | None = None,
) -> GetisOrd:
    """Find areas that lie, with their neighbours, above what chance would put together.

    Answers "do high values lie together here?", not "is this area high by itself?".

    Parameters
    ----------
    values : (n,) array_like of float
        One value per area, any unit: it cancels. Not all equal.
    neighbours : (n, n) CSR matrix
        Weights >= 0, no diagonal. Binary weights make ``z`` that of [1]_.
    star : bool
        Count the area itself among its neighbours (Gi*), with weight 1.
    permutations : int, >= 0
        Conditional permutations for ``p``; 0 uses the normal approximation, which is too
        small for skewed counts.
    rng : numpy.random.Generator
        Needed when `permutations` > 0.

    Returns
    -------
    GetisOrd
        ``z`` is NaN for an area without neighbours when `star` is False, and then ``p``
        is 1. ``p`` >= 1 / (permutations + 1).

    Raises
    ------
    ValueError
        Fewer than three areas, shapes that disagree, a diagonal, negative weights, values
        that are all equal or not finite, or `permutations` without `rng`.

    Notes
    -----
    z = (sum_j w_ij x_j - W_i xbar_i) / (s_i sqrt((N S1_i - W_i^2) / (N - 1))) with
    W_i = sum w_ij, S1_i = sum w_ij^2; for Gi* the mean and s are over all areas and N = n,
    for Gi over the others and N = n - 1 [1]_. A conditional permutation holds x_i and draws
    its neighbours' values from the others without replacement; all areas share one table
    of draws, so their p-values are dependent.

    References
    ----------
    .. [1] Ord & Getis (1995), Geographical Analysis 27, 286-306.
       doi:10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    >>> from scipy import sparse
    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(5, 5)).tocsr()
    >>> getis_ord([0, 0, 1, 5, 6], line).z.round(2).tolist()
    [-1.52, -1.96, -0.38, 1.52, 1.96]
    """
    x = np.asarray(values, dtype=np.float64)
    n = len(x)
    if x.ndim != 1 or n < 3:
        raise ValueError("values must be one vector of at least three areas")
    if not np.all(np.isfinite(x)):
        raise ValueError("values must be finite")
    if np.ptp(x) == 0:
        raise ValueError("all values are equal: nothing lies together")
    if not sparse.issparse(neighbours) or neighbours.format != "csr":
        raise ValueError("neighbours must be a CSR matrix")
    if neighbours.shape != (n, n):
        raise ValueError("neighbours must be (n, n) with one row per value")
    if neighbours.diagonal().any():
        raise ValueError("neighbours may not hold the diagonal")
    if neighbours.nnz and not np.all(np.isfinite(neighbours.data) & (neighbours.data >= 0)):
        raise ValueError("weights must be finite and not negative")
    permutations = check_whole("permutations", permutations, 0)
    if permutations and rng is None:
        raise ValueError("permutations need rng")

    x = x - x.mean()  # the level cancels, and would take digits with it
    total, squares = _sums_of_weights(neighbours)
    around = neighbours @ x
    if star:
        total, squares, around = total + 1.0, squares + 1.0, around + x
        mean, sd, size = np.full(n, x.mean()), np.full(n, x.std()), float(n)
    else:
        mean = (x.sum() - x) / (n - 1)
        sd = np.sqrt(np.maximum(((x**2).sum() - x**2) / (n - 1) - mean**2, 0.0))
        size = n - 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = sd * np.sqrt((size * squares - total**2) / (size - 1.0))  # [1], eq. 6
        z = (around - total * mean) / scale
    z = np.where(np.isfinite(z), z, np.nan)
    if not permutations or rng is None:
        p = np.where(np.isnan(z), 1.0, special.ndtr(-z))
        nothing = np.full(n, np.nan)
        return GetisOrd(z, np.maximum(p, np.finfo(float).tiny), nothing, nothing)
    weights = sparse.csr_array(neighbours)
    weights.sum_duplicates()
    return _by_permutation(x, weights, star, permutations, rng, z, total, total * mean, scale)


def _sums_of_weights(
    neighbours: sparse.csr_matrix | sparse.csr_array,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of each area's weights, and of their squares."""
    if np.all(neighbours.data == 1):
        number = np.diff(neighbours.indptr).astype(np.float64)
        return number, number
    ones = np.ones(neighbours.shape[0])
    squares = sparse.csr_matrix(
        (neighbours.data**2, neighbours.indices, neighbours.indptr), shape=neighbours.shape
    )
    return neighbours @ ones, squares @ ones


@dataclass(frozen=True)
class HighestGetisOrd:
    """The area with the highest Gi*: ``z``, and what the highest is when nothing is there.

    ``p`` compares it with the highest of every relabelling; ``expected``, ``lower`` and
    ``upper`` (the middle 95 %) are of the same; ``p_conditional`` looks at the area alone;
    ``permutations`` is how many relabellings it took.
    """

    area: int
    z: float
    expected: float
    lower: float
    upper: float
    p: float
    p_conditional: float
    permutations: int


def highest_getis_ord(
    values: ArrayLike,
    neighbours: sparse.csr_matrix | sparse.csr_array,
    *,
    permutations: int,
    rng: np.random.Generator,
) -> HighestGetisOrd:
    """Ask once for a whole map whether high values lie together anywhere.

    Answers "is the highest clustering on this map higher than chance makes the highest?",
    so that many areas cost one test, not many.

    Parameters
    ----------
    values : (n,) array_like of float
        One value per area, any unit: it cancels. Not all equal.
    neighbours : (n, n) CSR matrix
        Weights >= 0, no diagonal.
    permutations : int, > 0
        Relabellings of the map, at most: they end when 25 have reached the observed.
    rng : numpy.random.Generator
        The source of the relabellings.

    Returns
    -------
    HighestGetisOrd
        ``p`` >= 1 / (permutations + 1); the first area where several share the highest.

    Raises
    ------
    ValueError
        As `getis_ord`, or `permutations` is not positive.

    Notes
    -----
    Every relabelling gives all areas' Gi* and its highest [1]_; p holds over all areas at
    once. Exchangeable values are assumed: standardise counts before. Very unequal spreads
    make the areas with the widest the likeliest to be highest.

    References
    ----------
    .. [1] Westfall & Young (1993), Resampling-Based Multiple Testing, ch. 2. ISBN 0471557617
    .. [2] Besag & Clifford (1991), Biometrika 78, 301-304. doi:10.1093/biomet/78.2.301

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(30, 30)).tocsr()
    >>> values = np.r_[np.zeros(20), 3.0, 4.0, 5.0, np.zeros(7)]
    >>> found = highest_getis_ord(values, line, permutations=999, rng=np.random.default_rng(1))
    >>> found.area, found.p < 0.01
    (21, True)
    """
    if permutations <= 0:
        raise ValueError("permutations must be positive")
    x = np.asarray(values, dtype=np.float64)
    z = getis_ord(x, neighbours).z
    n = len(x)
    with_self = sparse.csr_array(neighbours) + sparse.identity(n, format="csr")
    total = np.asarray(with_self.sum(axis=1), float).ravel()
    squares = np.asarray(with_self.multiply(with_self).sum(axis=1), float).ravel()
    scale = x.std() * np.sqrt(np.maximum(n * squares - total**2, 0.0) / (n - 1))
    scale[scale == 0] = np.inf  # an area that is next to all others
    area = int(np.nanargmax(z))
    highest = np.empty(permutations)
    alone = reached = drawn_so_far = 0
    while drawn_so_far < permutations and reached < _ENOUGH:
        number = min(_TOGETHER, permutations - drawn_so_far)
        drawn = rng.permuted(np.tile(x, (number, 1)), axis=1)
        local = (with_self @ drawn.T - (total * x.mean())[:, None]) / scale[:, None]
        block = local.max(axis=0)
        highest[drawn_so_far : drawn_so_far + number] = block
        reached += int((block >= z[area] - 1e-12).sum())
        # Conditional on the area's own value: the same draws, its own put back.
        mine = local[area] + (x[area] - drawn[:, area]) / scale[area]
        alone += int((mine >= z[area] - 1e-12).sum())
        drawn_so_far += number
    lower, upper = np.quantile(highest[:drawn_so_far], [0.025, 0.975])
    return HighestGetisOrd(
        area=area,
        z=float(z[area]),
        expected=float(highest[:drawn_so_far].mean()),
        lower=float(lower),
        upper=float(upper),
        p=(reached + 1.0) / (drawn_so_far + 1.0),  # [2]
        p_conditional=(alone + 1.0) / (drawn_so_far + 1.0),
        permutations=drawn_so_far,
    )


@dataclass(frozen=True)
class DensePlace:
    """``incidents``: indices, ascending; ``x_m``, ``y_m``: their middle [m]; ``radius_m``: from
    there to the farthest [m].
    """

    incidents: np.ndarray
    x_m: float
    y_m: float
    radius_m: float


@dataclass(frozen=True)
class DensePlaces:
    """``labels`` (n,): the place of each incident, -1 for none; ``places``: by label."""

    labels: np.ndarray
    places: tuple[DensePlace, ...]


def dense_places(
    x_m: ArrayLike, y_m: ArrayLike, *, radius_m: float, min_incidents: int
) -> DensePlaces:
    """Group incidents that lie densely (DBSCAN).

    Answers "where are the places with many incidents?". It describes: it tests nothing, and
    finds places in pure chance as well.

    Parameters
    ----------
    x_m, y_m : (n,) array_like of float
        Where [m].
    radius_m : float, > 0
        Two incidents at most this far apart are near [m].
    min_incidents : int, >= 1
        An incident with so many within the radius, itself among them, is dense.

    Returns
    -------
    DensePlaces
        Dense incidents near each other share a place; one that is near a dense one but not
        dense belongs to the first such place. Places are numbered by their first dense
        incident, so the grouping of dense incidents does not depend on the order of rows.

    Raises
    ------
    ValueError
        Shapes differ, a coordinate is not finite, the radius or number is out of range, or the
        incidents lie more than two thousand million radii apart.

    Notes
    -----
    The definition of [1]_, found on a grid of cells with side radius / sqrt 2, where a cell
    with enough incidents needs no distance at all [2]_. One radius for a town and its
    countryside finds the town.

    References
    ----------
    .. [1] Ester, Kriegel, Sander & Xu (1996), Proc. KDD-96, 226-231.
    .. [2] Gunawan (2013), A faster algorithm for DBSCAN, TU Eindhoven.

    Examples
    --------
    >>> found = dense_places([0, 1, 2, 90], [0, 0, 0, 0], radius_m=5, min_incidents=3)
    >>> found.labels.tolist(), found.places[0].radius_m
    ([0, 0, 0, -1], 1.0)
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError("x_m and y_m must have the same shape (n,)")
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        raise ValueError("x_m and y_m must be finite")
    if not (math.isfinite(radius_m) and radius_m > 0):
        raise ValueError(f"radius_m must be positive and finite, not {radius_m}")
    min_incidents = check_whole("min_incidents", min_incidents, 1)
    if len(x) == 0:
        return DensePlaces(np.empty(0, dtype=np.int64), ())

    from samlad_stats import _dense  # numba: only where it runs
    from samlad_stats._grid import grid

    cells = grid(x, y, cell=radius_m * (1 - ROUNDING) / math.sqrt(2), reach=2, corners=False)
    xs, ys = x[cells.order], y[cells.order]
    near = (cells.starts, cells.near_starts, cells.near)
    squared = (float(radius_m) * (1 + ROUNDING)) ** 2
    dense = _dense.find_dense(xs, ys, *near, squared, int(min_incidents))
    place = _dense.join_cells(xs, ys, *near, squared, dense)
    number, n_places = _dense.number_places(cells.starts, dense, place, cells.order)
    labels = _dense.label(xs, ys, *near, squared, dense, number, cells.order, n_places)
    inside, size = _dense.grouped(labels, n_places)
    of = np.repeat(np.arange(n_places), size)
    middle_x = np.bincount(of, x[inside], n_places) / size
    middle_y = np.bincount(of, y[inside], n_places) / size
    radius = np.zeros(n_places)
    np.maximum.at(radius, of, np.hypot(x[inside] - middle_x[of], y[inside] - middle_y[of]))
    ends = np.cumsum(size).tolist()
    own = (inside[end - n : end] for end, n in zip(ends, size.tolist(), strict=True))
    places = map(DensePlace, own, middle_x.tolist(), middle_y.tolist(), radius.tolist())
    return DensePlaces(labels, tuple(places))


ROUNDING = 1e-9  # relative: distances and sums that are equal but for it
_TOGETHER = 1000
_ENOUGH = 25  # higher ones seen: p is then known well enough to stop


def _by_permutation(
    x: np.ndarray,
    weights: sparse.csr_array,
    star: bool,
    permutations: int,
    rng: np.random.Generator,
    z: np.ndarray,
    total: np.ndarray,
    centre: np.ndarray,
    scale: np.ndarray,
) -> GetisOrd:
    from samlad_stats._permuting import local_sums, local_sums_of_equals

    n = len(x)
    most = int(np.diff(weights.indptr).max(initial=0))
    # One table of draws for all areas: positions among the n - 1 others, none twice.
    table = np.empty((permutations, max(most, 1)), dtype=np.int32)
    for row in table:
        row[:] = rng.choice(n - 1, size=len(row), replace=False)
    own = x if star else 0.0  # held in a conditional permutation
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = z * scale + centre - own - ROUNDING * (np.abs(x).max() * total)
        ranks = np.array([0.025 * (permutations - 1), 0.975 * (permutations - 1)]).round()
        places = ranks.astype(np.int64)
        if np.all(weights.data == 1):
            number = np.diff(weights.indptr)
            reached, ranked = local_sums_of_equals(x, number, table, observed, places)
        else:
            reached, ranked = local_sums(x, weights.indptr, weights.data, table, observed, places)
        lower, upper = (ranked.T + own - centre) / scale
    p = (reached + 1.0) / (permutations + 1.0)
    nothing = np.isnan(z)
    p[nothing], lower[nothing], upper[nothing] = 1.0, np.nan, np.nan
    return GetisOrd(z, p, lower, upper)
