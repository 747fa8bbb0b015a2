"""Compiled loops of the permutation tests; imported only where they run."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def local_sums(
    x: np.ndarray, indptr: np.ndarray, weights: np.ndarray, table: np.ndarray,
    observed: np.ndarray, ranks: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Draw each area's weighted sum of neighbours anew.

    `table` (n_permutations, most) holds positions among the other areas; position j stands for
    area j + (j >= i). Returns how many drawn sums reach ``observed[i]`` (n_areas,), and the
    drawn sums of the given ranks (n_areas, n_ranks).
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
