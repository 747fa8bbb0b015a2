"""Where do high values lie together?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse, stats


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
    if neighbours.shape != (n, n):
        raise ValueError("neighbours must be (n, n) with one row per value")
    if neighbours.diagonal().any():
        raise ValueError("neighbours may not hold the diagonal")
    if neighbours.nnz and neighbours.data.min() < 0:
        raise ValueError("weights may not be negative")
    if permutations and rng is None:
        raise ValueError("permutations need rng")

    weights = sparse.csr_array(neighbours)
    total: np.ndarray = np.asarray(weights.sum(axis=1), float).ravel()
    squares: np.ndarray = np.asarray(weights.multiply(weights).sum(axis=1), float).ravel()
    around = weights @ x
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
        p = np.where(np.isnan(z), 1.0, stats.norm.sf(z))
        nothing = np.full(n, np.nan)
        return GetisOrd(z, np.maximum(p, np.finfo(float).tiny), nothing, nothing)
    return _by_permutation(x, weights, star, permutations, rng, z, total * mean, scale)


def _by_permutation(
    x: np.ndarray,
    weights: sparse.csr_array,
    star: bool,
    permutations: int,
    rng: np.random.Generator,
    z: np.ndarray,
    centre: np.ndarray,
    scale: np.ndarray,
) -> GetisOrd:
    from samlad_stats._permuting import local_sums

    n = len(x)
    most = int(np.diff(weights.indptr).max(initial=0))
    # One table of draws for all areas: positions among the n - 1 others, none twice.
    table = np.empty((permutations, max(most, 1)), dtype=np.int32)
    for row in table:
        row[:] = rng.choice(n - 1, size=len(row), replace=False)
    drawn = local_sums(x, weights.indptr, weights.data, table)
    if star:
        drawn += x[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        permuted = (drawn - centre[:, None]) / scale[:, None]
    reached = (permuted >= z[:, None] - 1e-12).sum(axis=1)
    p = (reached + 1.0) / (permutations + 1.0)
    p[np.isnan(z)] = 1.0
    permuted = np.where(np.isfinite(permuted), permuted, np.nan)
    with np.errstate(invalid="ignore"):
        lower, upper = np.quantile(permuted, [0.025, 0.975], axis=1)
    return GetisOrd(z, p, lower, upper)
