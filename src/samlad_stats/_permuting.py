"""Compiled loops of the permutation tests; imported only where they run.

All areas share one table of draws: (n_permutations, most) positions among the others, where
position j stands for area j + (j >= i). The others of area i + 1 differ from those of area i
in one position alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def local_sums(
    x: np.ndarray, indptr: np.ndarray, weights: np.ndarray, table: np.ndarray,
    observed: np.ndarray, ranks: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Draw each area's weighted sum of neighbours anew.

    Returns how many drawn sums reach ``observed[i]`` (n_areas,), and the drawn sums of the
    given ranks (n_areas, n_ranks).
    """
    n, permutations = len(x), table.shape[0]
    reached = np.zeros(n, np.int64)
    ranked = np.empty((n, len(ranks)))
    sums = np.empty(permutations)
    others = x[1:].copy()  # without area 0; area by area one value is put back
    for i in range(n):
        if i > 0:
            others[i - 1] = x[i - 1]
        first, last = indptr[i], indptr[i + 1]
        for r in range(permutations):
            total = 0.0
            for k in range(last - first):
                total += weights[first + k] * others[table[r, k]]
            sums[r] = total
            reached[i] += total >= observed[i]
        for k in range(len(ranks)):
            ranked[i, k] = np.partition(sums, ranks[k])[ranks[k]]
    return reached, ranked


@njit(cache=True)
def _move(ordered: np.ndarray, old: float, new: float) -> None:
    """Replace one value of an ascending array, in place."""
    at = np.searchsorted(ordered, old)
    while at + 1 < len(ordered) and ordered[at + 1] < new:
        ordered[at] = ordered[at + 1]
        at += 1
    while at > 0 and ordered[at - 1] > new:
        ordered[at] = ordered[at - 1]
        at -= 1
    ordered[at] = new


@njit(cache=True)
def local_sums_of_equals(
    x: np.ndarray, number: np.ndarray, table: np.ndarray, observed: np.ndarray, ranks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same where every weight is 1 and area i has ``number[i]`` neighbours.

    The drawn sums of k neighbours are then the same for all areas, but for the rows in which
    the one changed position is drawn: they are kept in order, and few ever move.
    """
    n, (permutations, most) = len(x), table.shape
    start = np.zeros(n, np.int64)  # where the rows that draw a position begin
    for position in table.ravel():
        start[position + 1] += 1
    start = np.cumsum(start)
    filled = start.copy()
    row = np.empty(table.size, np.int64)
    for r in range(permutations):
        for j in range(most):
            row[filled[table[r, j]]] = r
            filled[table[r, j]] += 1
    others = x[1:].copy()
    sums = np.zeros((most + 1, permutations))
    for k in range(most):
        for r in range(permutations):
            sums[k + 1, r] = sums[k, r] + others[table[r, k]]
    ordered = np.empty_like(sums)
    for k in range(most + 1):
        ordered[k] = np.sort(sums[k])
    reached = np.empty(n, np.int64)
    ranked = np.empty((n, len(ranks)))
    for i in range(n):
        if i > 0:
            others[i - 1] = x[i - 1]
            for at in range(start[i - 1], start[i]):
                r = row[at]
                for k in range(most):
                    new = sums[k, r] + others[table[r, k]]
                    if new != sums[k + 1, r]:
                        _move(ordered[k + 1], sums[k + 1, r], new)
                        sums[k + 1, r] = new
        own = ordered[number[i]]
        reached[i] = permutations - np.searchsorted(own, observed[i])
        for k in range(len(ranks)):
            ranked[i, k] = own[ranks[k]]
    return reached, ranked
