"""Compiled loops of the permutation tests; imported only where they run."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def local_sums(
    x: np.ndarray, indptr: np.ndarray, weights: np.ndarray, table: np.ndarray
) -> np.ndarray:
    """Return each area's weighted sum over drawn values: (n_areas, n_permutations).

    `table` holds positions among the other areas; position j stands for area j + (j >= i).
    """
    n, permutations = len(x), table.shape[0]
    sums = np.zeros((n, permutations))
    for i in range(n):
        first, last = indptr[i], indptr[i + 1]
        for r in range(permutations):
            total = 0.0
            for k in range(last - first):
                j = table[r, k]
                total += weights[first + k] * x[j + 1 if j >= i else j]
            sums[i, r] = total
    return sums
