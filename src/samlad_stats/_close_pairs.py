"""Compiled counting of incidents close in space and time; imported only where they run.

Points come sorted by cell. Distance bands are right-inclusive, time bands right-exclusive.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, inline="always")
def _measure(dx: float, dy: float, manhattan: bool) -> float:
    """Return the distance, squared unless manhattan."""
    return abs(dx) + abs(dy) if manhattan else dx * dx + dy * dy


@njit(cache=True, inline="always")
def _band(measure: float, edges: np.ndarray) -> int:
    """Return the band (edges[b], edges[b + 1]] of a measure, -1 for none."""
    if measure > edges[-1]:
        return -1
    for band in range(len(edges) - 1):
        if measure <= edges[band + 1]:
            return band if measure > edges[band] else -1
    return -1


@njit(cache=True)
def degrees(
    x: np.ndarray, y: np.ndarray, starts: np.ndarray, near_starts: np.ndarray, near: np.ndarray,
    edges: np.ndarray, manhattan: bool,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Count each point's others by distance band: (n, n_bands), and those of later points (n,)."""
    found = np.zeros((len(x), len(edges) - 1), np.int64)
    later = np.zeros(len(x), np.int64)
    for cell in range(len(starts) - 1):
        for i in range(starts[cell], starts[cell + 1]):
            for k in range(near_starts[cell] - 1, near_starts[cell + 1]):
                own = k < near_starts[cell]
                other = cell if own else near[k]
                for j in range(i + 1 if own else starts[other], starts[other + 1]):
                    band = _band(_measure(x[i] - x[j], y[i] - y[j], manhattan), edges)
                    if band >= 0:
                        found[i, band] += 1
                        found[j, band] += 1
                        later[i] += 1
    return found, later


@njit(cache=True)
def list_pairs(
    x: np.ndarray, y: np.ndarray, starts: np.ndarray, near_starts: np.ndarray, near: np.ndarray,
    edges: np.ndarray, manhattan: bool, later: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """List the pairs once: indptr (n + 1,), the later point and the band of each."""
    indptr = np.zeros(len(x) + 1, np.int64)
    indptr[1:] = np.cumsum(later)
    partner = np.empty(indptr[-1], np.int32)
    bands = np.empty(indptr[-1], np.uint8)
    for cell in range(len(starts) - 1):
        for i in range(starts[cell], starts[cell + 1]):
            at = indptr[i]
            for k in range(near_starts[cell] - 1, near_starts[cell + 1]):
                own = k < near_starts[cell]
                other = cell if own else near[k]
                for j in range(i + 1 if own else starts[other], starts[other + 1]):
                    band = _band(_measure(x[i] - x[j], y[i] - y[j], manhattan), edges)
                    if band >= 0:
                        partner[at], bands[at] = j, band
                        at += 1
    return indptr, partner, bands


@njit(cache=True)
def times_near(times: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Count each time's others by time band: (n, n_bands); `times` ascend."""
    n, bands = len(times), len(edges) - 1
    found = np.zeros((n, bands), np.int64)
    nearer = np.zeros((n, bands + 1), np.int64)  # others closer than the edge
    for b in range(bands + 1):
        first = last = 0
        for i in range(n):
            while first < i and times[i] - times[first] >= edges[b]:
                first += 1
            last = max(last, i)
            while last + 1 < n and times[last + 1] - times[i] < edges[b]:
                last += 1
            nearer[i, b] = last - first if edges[b] > 0 else 0
    for b in range(bands):
        found[:, b] = nearer[:, b + 1] - nearer[:, b]
    return found


@njit(cache=True)
def count_close(indptr: np.ndarray, partner: np.ndarray, times: np.ndarray, limit: float) -> int:
    """Count listed pairs less than `limit` apart in time."""
    close = 0
    for i in range(len(indptr) - 1):
        own = times[i]
        for k in range(indptr[i], indptr[i + 1]):
            close += abs(times[partner[k]] - own) < limit
    return close


@njit(cache=True)
def deal_and_count(
    indptr: np.ndarray, partner: np.ndarray, times: np.ndarray, limit: float, random: np.ndarray
) -> np.ndarray:
    """Shuffle the times in place, once for each row of 32-bit random numbers, and count each.

    A number u below 2**32 chooses among i + 1 places by u * (i + 1) >> 32 (Lemire 2019).
    """
    close = np.empty(len(random), np.int64)
    for dealing in range(len(random)):
        for i in range(len(times) - 1, 0, -1):
            j = (np.uint64(random[dealing, i]) * np.uint64(i + 1)) >> np.uint64(32)
            times[i], times[j] = times[j], times[i]
        close[dealing] = count_close(indptr, partner, times, limit)
    return close


@njit(cache=True)
def count_banded(
    indptr: np.ndarray, partner: np.ndarray, bands: np.ndarray, times: np.ndarray,
    time_edges: np.ndarray, n_bands: int,
) -> np.ndarray:  # fmt: skip
    """Count listed pairs by distance and time band."""
    found = np.zeros((n_bands, len(time_edges) - 1), np.int64)
    last = len(time_edges) - 1
    for i in range(len(indptr) - 1):
        own = times[i]
        for k in range(indptr[i], indptr[i + 1]):
            apart = abs(times[partner[k]] - own)
            if apart < time_edges[last] and apart >= time_edges[0]:
                b = 0
                while apart >= time_edges[b + 1]:
                    b += 1
                found[bands[k], b] += 1
    return found


@njit(cache=True)
def count_merging(
    x: np.ndarray, y: np.ndarray, cell_of: np.ndarray, starts: np.ndarray,
    near_starts: np.ndarray, near: np.ndarray, edges: np.ndarray, manhattan: bool,
    where: np.ndarray, times: np.ndarray, time_edges: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Count pairs by distance and time band without a list of pairs.

    `times` ascend; ``where[r]`` is the point that has the r-th. One pass in order of time puts
    every cell's points in order of time; near cells are then merged within the last edge.
    """
    n, last = len(x), time_edges[-1]
    found = np.zeros((len(edges) - 1, len(time_edges) - 1), np.int64)
    filled = starts[:-1].copy()
    xs, ys, ts = np.empty(n), np.empty(n), np.empty(n)
    for r in range(n):
        at = filled[cell_of[where[r]]]
        filled[cell_of[where[r]]] += 1
        xs[at], ys[at], ts[at] = x[where[r]], y[where[r]], times[r]
    for cell in range(len(starts) - 1):
        for k in range(near_starts[cell] - 1, near_starts[cell + 1]):
            own = k < near_starts[cell]
            other = cell if own else near[k]
            first = starts[other]
            for i in range(starts[cell], starts[cell + 1]):
                if own:
                    first = i + 1
                else:
                    while first < starts[other + 1] and ts[i] - ts[first] >= last:
                        first += 1
                for j in range(first, starts[other + 1]):
                    if ts[j] - ts[i] >= last:
                        break
                    apart = abs(ts[j] - ts[i])
                    band = _band(_measure(xs[i] - xs[j], ys[i] - ys[j], manhattan), edges)
                    if band >= 0 and apart >= time_edges[0]:
                        b = 0
                        while apart >= time_edges[b + 1]:
                            b += 1
                        found[band, b] += 1
    return found
