"""Incidents sorted into square cells, and which cells lie near each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

DIGIT = 11  # bits sorted at a time: their counts fit in the fastest memory
MASK = (1 << DIGIT) - 1
FARTHEST = 2**31  # cells across: keys of two such numbers fit in 64 bits


@dataclass(frozen=True)
class Grid:
    """``order`` (n,): incidents by cell; ``starts`` (n_cells + 1,): where each cell begins in it;
    ``near_starts`` (n_cells + 1,), ``near``: later cells within reach of each cell.
    """

    order: np.ndarray
    starts: np.ndarray
    near_starts: np.ndarray
    near: np.ndarray


def grid(x: np.ndarray, y: np.ndarray, *, cell: float, reach: int, corners: bool) -> Grid:
    """Sort incidents into cells of side `cell`; cells up to `reach` apart are near.

    Without `corners` those farthest both across and up are not: points there are more than
    ``(reach - 1) * cell * sqrt(2)`` apart. Raises `ValueError` where the map is more than 2**31
    cells across.
    """
    across = np.floor((x - x.min()) / cell)
    up = np.floor((y - y.min()) / cell)
    if across.max() + 2 * reach >= FARTHEST or up.max() + 2 * reach >= FARTHEST:
        raise ValueError("the incidents lie too far apart for so small a distance")
    width = np.int64(across.max()) + 2 * reach + 1
    key = up.astype(np.int64) * width + across.astype(np.int64)
    order, keys, starts = _sorted(key, int(key.max()).bit_length())
    near_starts, near = _later_cells(keys, int(width), reach, corners)
    return Grid(order, starts, near_starts, near)


@njit(cache=True)
def _sorted(key: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sort keys of so many bits, digit by digit; return order, the keys that occur, their runs."""
    n = len(key)
    order, other = np.arange(n), np.empty(n, np.int64)
    for shift in range(0, bits, DIGIT):
        first = np.zeros((1 << DIGIT) + 1, np.int64)
        for i in range(n):
            first[((key[i] >> shift) & MASK) + 1] += 1
        for digit in range(1 << DIGIT):
            first[digit + 1] += first[digit]
        for i in range(n):
            digit = (key[order[i]] >> shift) & MASK
            other[first[digit]] = order[i]
            first[digit] += 1
        order, other = other, order
    keys, starts = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    runs = 0
    for i in range(n):
        if i == 0 or key[order[i]] != key[order[i - 1]]:
            keys[runs], starts[runs] = key[order[i]], i
            runs += 1
    starts[runs] = n
    return order, keys[:runs].copy(), starts[: runs + 1].copy()


@njit(cache=True)
def _later_cells(
    keys: np.ndarray, width: int, reach: int, corners: bool
) -> tuple[np.ndarray, np.ndarray]:
    """List, per cell, the occupied cells within reach that come later; `keys` ascend."""
    n = len(keys)
    starts = np.zeros(n + 1, np.int64)
    near = np.empty(n * ((2 * reach + 1) ** 2 // 2), np.int32)
    at = np.zeros(reach + 1, np.int64)  # the first cell not before each row's window
    filled = 0
    for i in range(n):
        for up in range(reach + 1):
            aside = reach if corners or up < reach else reach - 1
            low = keys[i] + 1 if up == 0 else keys[i] + up * width - aside
            while at[up] < n and keys[at[up]] < low:
                at[up] += 1
            j = at[up]
            while j < n and keys[j] <= keys[i] + up * width + aside:
                near[filled] = j
                filled += 1
                j += 1
        starts[i + 1] = filled
    return starts, near[:filled].copy()
