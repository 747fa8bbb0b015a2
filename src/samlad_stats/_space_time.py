"""Compiled loops of the space-time scan; imported only where they run.

A zone is a prefix of a centre's list of locations, nearest first. All windows end now, so the
incidents of a zone in all windows are one row of running counts.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SAME_DISTANCE = 1e-9  # relative difference of squared distances that is rounding


@njit(cache=True)
def zones_around(
    x: np.ndarray, y: np.ndarray, incidents: np.ndarray, radius: float, most: int, together: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """List the zones around each location; locations are sorted by (x, y).

    Returns indptr (n + 1,), members (n_pairs,) nearest first, and totals (n_pairs,): the
    incidents of the zone that ends there, 0 where none does (a tie, or more than `most`).
    """
    n = len(x)
    limit = radius * radius * (1 + SAME_DISTANCE)
    first, last = np.searchsorted(x, x - radius * (1 + SAME_DISTANCE)), np.empty(n, np.int64)
    upper = x + radius * (1 + SAME_DISTANCE)
    indptr = np.zeros(n + 1, np.int64)
    for i in range(n):
        last[i] = np.searchsorted(x, upper[i], side="right")
        for j in range(first[i], last[i]):
            indptr[i + 1] += (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= limit
        indptr[i + 1] += indptr[i]
    members = np.empty(indptr[n], np.int32)
    totals = np.zeros(indptr[n], np.int32)
    kept = np.zeros(n + 1, np.int64)
    for i in range(n):
        near = np.empty(indptr[i + 1] - indptr[i], np.int32)
        squared = np.empty(len(near))
        k = 0
        for j in range(first[i], last[i]):
            distance = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
            if distance <= limit:
                near[k], squared[k] = j, distance
                k += 1
        order = np.argsort(squared, kind="mergesort")
        for k in range(1, len(near)):  # equal but for rounding: in order of x, then y
            at, back = order[k], k
            while (
                back > 0
                and order[back - 1] > at
                and (squared[at] - squared[order[back - 1]] <= SAME_DISTANCE * squared[at])
            ):
                order[back] = order[back - 1]
                back -= 1
            order[back] = at
        total, start = 0, kept[i]
        end = start
        for k in range(len(near)):
            at = order[k]
            total += incidents[near[at]]
            if total > most:
                break
            members[start + k] = near[at]
            more = k + 1 < len(near)
            tied = (
                together
                and more
                and (squared[order[k + 1]] - squared[at] <= SAME_DISTANCE * squared[at])
            )
            if not tied:
                totals[start + k] = total
                end = start + k + 1
        kept[i + 1] = end
    return kept, members[: kept[n]].copy(), totals[: kept[n]].copy()


@njit(cache=True)
def ratio(count: float, expected: float, total: float) -> float:
    """Return the log likelihood ratio of a zone and window; 0 unless count > expected."""
    if count <= expected:
        return 0.0
    found = count * np.log(count / expected)
    if count < total:
        found += (total - count) * np.log((total - count) / (total - expected))
    return found


@njit(cache=True)
def best_zone(
    indptr: np.ndarray, members: np.ndarray, totals: np.ndarray, counts: np.ndarray,
    in_window: np.ndarray, total: int, fewest: int, taken: np.ndarray,
) -> tuple[float, int, int, int]:  # fmt: skip
    """Return ratio, centre, end in `members` and window of the best zone without `taken` ones.

    `counts` (n_locations, n_windows) are running counts, `in_window` (n_windows,) their sums.
    """
    best, centre, end, window = 0.0, -1, -1, -1
    n_windows = len(in_window)
    inside = np.zeros(n_windows, np.int64)
    for i in range(len(indptr) - 1):
        inside[:] = 0
        for k in range(indptr[i], indptr[i + 1]):
            if taken[members[k]]:
                break
            for v in range(n_windows):
                inside[v] += counts[members[k], v]
            if totals[k] == 0 or inside[n_windows - 1] < fewest:
                continue
            for v in range(n_windows):
                if inside[v] < fewest:
                    continue
                found = ratio(inside[v], totals[k] * in_window[v] / total, total)
                if found > best * (1 + 1e-12):
                    best, centre, end, window = found, i, k, v
    return best, centre, end, window


@njit(cache=True)
def fill_fewest(
    ratio_to_reach: float,
    in_window: np.ndarray,
    total: int,
    fewest: int,
    occurs: np.ndarray,
    table: np.ndarray,
) -> None:
    """Fill table[n, v] with the smallest count of a zone of n incidents that reaches the ratio.

    Only for totals n that occur; where no count reaches it, what stands there is left.
    """
    for n in occurs:
        for v in range(len(in_window)):
            expected = n * in_window[v] / total
            most = min(n, in_window[v])
            low, high = max(fewest, int(expected)), most + 1
            while low < high:  # the ratio grows with the count
                middle = (low + high) // 2
                if ratio(middle, expected, total) >= ratio_to_reach:
                    high = middle
                else:
                    low = middle + 1
            if low <= most:
                table[n, v] = low


@njit(cache=True)
def _deal(
    where: np.ndarray, recent: np.ndarray, uniform: np.ndarray, counts: np.ndarray, n_windows: int
) -> None:
    """Deal the recent periods to incidents drawn without replacement; fill running counts.

    `where` (n_incidents,) is shuffled in place: its first entries get the recent periods.
    """
    n = len(where)
    for i in range(len(recent)):
        j = i + int(uniform[i] * (n - i))
        where[i], where[j] = where[j], where[i]
        for v in range(recent[i], n_windows):
            counts[where[i], v] += 1


@njit(cache=True)
def _rank_reached(row: np.ndarray, tables: np.ndarray, n: int, rank: int) -> int:
    """Return the first observed cluster that this zone's counts reach, at most `rank`."""
    while rank > 0:
        reached = False
        for v in range(len(row)):
            reached |= row[v] >= tables[rank - 1, n, v]
        if not reached:
            break
        rank -= 1
    return rank


@njit(cache=True)
def _walk(
    indptr: np.ndarray, members: np.ndarray, totals: np.ndarray, counts: np.ndarray,
    tables: np.ndarray,
) -> int:  # fmt: skip
    """Return the first observed cluster that any zone of a dealing reaches, walking them all."""
    rank, width = tables.shape[0], counts.shape[1]
    row = np.zeros(width, tables.dtype)
    for i in range(len(indptr) - 1):
        row[:] = 0
        for k in range(indptr[i], indptr[i + 1]):
            add, bar = counts[members[k]], tables[rank - 1, totals[k]]
            reached = 0
            for v in range(width):
                row[v] += add[v]
                reached |= row[v] >= bar[v]
            if reached:
                rank = _rank_reached(row, tables, totals[k], rank)
                if rank == 0:
                    return 0
    return rank


@njit(cache=True)
def replicate_walking(
    indptr: np.ndarray, members: np.ndarray, totals: np.ndarray, where: np.ndarray,
    recent: np.ndarray, uniform: np.ndarray, tables: np.ndarray, n_windows: int,
) -> np.ndarray:  # fmt: skip
    """Return, per dealing (row of `uniform`), the first observed cluster it reaches."""
    ranks = np.empty(len(uniform), np.int64)
    counts = np.zeros((len(indptr) - 1, tables.shape[2]), tables.dtype)
    for r in range(len(uniform)):
        counts[:] = 0
        _deal(where, recent, uniform[r], counts, n_windows)
        ranks[r] = _walk(indptr, members, totals, counts, tables)
    return ranks


@njit(cache=True)
def turned_round(
    indptr: np.ndarray, members: np.ndarray, totals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return, per location, where in `members` it stands: indptr (n + 1,) and places (n_pairs,).

    A location that ends no zone (a tie) stands where its tie ends.
    """
    n = len(indptr) - 1
    start = np.zeros(n + 1, np.int64)
    for k in range(len(members)):
        start[members[k] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    filled = start[:-1].copy()
    places = np.empty(len(members), np.int64)
    for i in range(n):
        end = indptr[i + 1] - 1
        for k in range(indptr[i + 1] - 1, indptr[i] - 1, -1):
            if totals[k] > 0:
                end = k
            places[filled[members[k]]] = end
            filled[members[k]] += 1
    return start, places


@njit(cache=True)
def replicate_gathering(
    centre_of: np.ndarray, totals: np.ndarray, start: np.ndarray, places: np.ndarray,
    where: np.ndarray, recent: np.ndarray, uniform: np.ndarray, tables: np.ndarray,
    n_windows: int, fewest: int,
) -> np.ndarray:  # fmt: skip
    """As `replicate_walking`, looking only at zones that end with a recent incident.

    Among zones with the same recent incidents the one with the fewest incidents in all has
    the highest ratio, so no other needs a look.
    """
    n_centres, width = len(start) - 1, tables.shape[2]
    ranks = np.empty(len(uniform), np.int64)
    n_recent = len(recent)
    size = np.zeros(n_centres, np.int64)
    room = min(n_recent, totals.max())
    bucket = np.empty((n_centres, room), np.int32)  # place of a recent incident's zone
    period = np.empty((n_centres, room), np.int32)
    touched = np.empty(n_centres, np.int64)
    row = np.zeros(width, tables.dtype)
    n = len(where)
    for r in range(len(uniform)):
        n_touched = 0
        for i in range(n_recent):
            j = i + int(uniform[r, i] * (n - i))
            where[i], where[j] = where[j], where[i]
            for k in range(start[where[i]], start[where[i] + 1]):
                place = places[k]
                centre = centre_of[place]
                at = size[centre]
                if at == 0:
                    touched[n_touched] = centre
                    n_touched += 1
                while at > 0 and bucket[centre, at - 1] > place:
                    bucket[centre, at] = bucket[centre, at - 1]
                    period[centre, at] = period[centre, at - 1]
                    at -= 1
                bucket[centre, at], period[centre, at] = place, recent[i]
                size[centre] += 1
        rank = tables.shape[0]
        for t in range(n_touched):
            centre = touched[t]
            if size[centre] >= fewest and rank > 0:
                row[:] = 0
                for at in range(size[centre]):
                    for v in range(period[centre, at], n_windows):
                        row[v] += 1
                    place = bucket[centre, at]
                    if at + 1 < size[centre] and bucket[centre, at + 1] == place:
                        continue
                    if at + 1 >= fewest:
                        rank = _rank_reached(row, tables, totals[place], rank)
                        if rank == 0:
                            break
            size[centre] = 0
        ranks[r] = rank
    return ranks
