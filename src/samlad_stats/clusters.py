"""Is a cluster emerging somewhere right now?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from samlad_stats._checks import check_whole

REPORTED = 10  # clusters at most: the most likely one and those that do not overlap it
DRAWS_AT_ONCE = 2_000_000  # random numbers held in memory at a time
GATHER_BELOW = 0.1  # recent incidents per location below which few zones need a look
GATHER_ROOM = 50_000_000  # zone members held at a time when only few zones are looked at


@dataclass(frozen=True)
class Cluster:
    """``locations``: indices into x, y, nearest to the centre first; ``periods``: length of the
    window that ends now; ``observed``, ``expected`` [count]; ``llr``: log likelihood ratio;
    ``p``: above 0, NaN without replicates; ``radius``: of the zone, in the unit of x and y.
    """

    locations: np.ndarray
    periods: int
    observed: int
    expected: float
    llr: float
    p: float
    radius: float

    @property
    def recurrence(self) -> float:
        """Return how many scans like this one give such a cluster once by chance."""
        return 1 / self.p


@dataclass(frozen=True)
class SpaceTimeScan:
    """``clusters``: most likely first, none sharing a location; ``replicates``: dealings made."""

    clusters: tuple[Cluster, ...]
    replicates: int


def scan_space_time(
    location: ArrayLike,
    period_before_end: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    max_radius: float,
    max_periods: int,
    max_share: float = 0.5,
    min_incidents: int = 2,
    ties: str = "together",
    replicates: int = 999,
    stop_after: int | None = None,
    rng: np.random.Generator | None = None,
) -> SpaceTimeScan:
    """Find where the latest incidents are closer together than place and time alone explain.

    Answers "is something starting here, now?" for all circles and all windows that end now,
    with one p for the whole search.

    Parameters
    ----------
    location : array_like of int, shape (n_incidents,)
        Index of each incident's location in x and y.
    period_before_end : array_like of int, shape (n_incidents,), >= 0
        Period of each incident, counted back: 0 is the most recent [periods].
    x, y : array_like of float, shape (n_locations,)
        Coordinates in a plane [any one unit, metres say]. Every location is a centre, also
        one without incidents.
    max_radius : float, > 0
        Largest radius of a zone, itself included [unit of x and y].
    max_periods : int, >= 1
        Longest window [periods].
    max_share : float, 0 < max_share <= 1
        Largest share of all incidents a zone may hold [proportion].
    min_incidents : int, >= 1
        Fewest incidents in a cluster [count].
    ties : {"together", "one_by_one"}
        Whether locations equally far from a centre enter a zone together, or one at a time in
        order of x, then y, as SaTScan has them.
    replicates : int, >= 0
        Random dealings of the periods to the incidents.
    stop_after : int, >= 1, optional
        Stop when so many dealings have reached the most likely cluster [2]_.
    rng : numpy.random.Generator
        Needed unless replicates is 0.

    Returns
    -------
    SpaceTimeScan
        At most ten clusters; empty where no zone has ``min_incidents`` and more than expected.
        ``p`` is (1 + dealings that reach the cluster) / (1 + dealings), for secondary ones
        too, which is on the safe side; after a stop h / dealings for the most likely.

    Raises
    ------
    ValueError
        Shapes do not fit, a location or period is out of range, a coordinate is not finite, a
        setting is outside its range, or replicates are asked for without `rng`.

    Notes
    -----
    The prospective space-time permutation scan [1]_: given how many incidents each place and
    each period has, place and period are independent. A busy place or a busy week is thus no
    cluster. A change in where people live or report during the study is taken for one; so is
    a source that joins. The observed ratio gives, for each zone total and window, the smallest
    count that reaches it: a dealing needs whole numbers compared and no logarithm, and among
    zones with the same recent incidents only the smallest is looked at when these are few.

    References
    ----------
    .. [1] Kulldorff et al. (2005), PLoS Medicine 2, e59, doi:10.1371/journal.pmed.0020059.
    .. [2] Besag & Clifford (1991), Biometrika 78, 301-304, doi:10.1093/biomet/78.2.301.

    Examples
    --------
    Forty incidents at four places, the last four all at one of them:

    >>> place = np.arange(40) % 4
    >>> place[36:] = 2
    >>> found = scan_space_time(
    ...     place, np.arange(40)[::-1] // 4, [0, 500, 1000, 1500], [0, 0, 0, 0],
    ...     max_radius=100, max_periods=2, rng=np.random.default_rng(1))
    >>> found.clusters[0].locations.tolist(), found.clusters[0].observed
    ([2], 4)
    """
    place, period, xs, ys = _check_incidents(location, period_before_end, x, y)
    max_periods = check_whole("max_periods", max_periods, 1)
    min_incidents = check_whole("min_incidents", min_incidents, 1)
    replicates = check_whole("replicates", replicates, 0)
    stop_after = None if stop_after is None else check_whole("stop_after", stop_after, 1)
    _check_settings(max_radius, max_share, ties, replicates, rng)
    total = len(place)
    recent = np.sort(period[period < max_periods])
    if len(recent) < min_incidents:
        return SpaceTimeScan((), 0)

    from samlad_stats import _space_time as compiled  # numba: only where it runs

    order = np.lexsort((ys, xs))  # by x, then y: the order of ties
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    at = rank[place]
    zones = compiled.zones_around(
        xs[order], ys[order], np.bincount(at, minlength=len(xs)), float(max_radius),
        math.floor(max_share * total * (1 + 1e-12)), ties == "together",
    )  # fmt: skip
    now = period < max_periods
    counts = np.zeros((len(xs), max_periods), np.int64)
    np.add.at(counts, (at[now], period[now]), 1)
    counts = counts.cumsum(axis=1)
    in_window = counts.sum(axis=0)
    found = _observed(zones, counts, in_window, total, min_incidents, xs[order], ys[order])
    if not found:
        return SpaceTimeScan((), 0)
    reached, dealt = np.zeros(len(found), np.int64), 0
    if rng is not None and replicates:
        reached, dealt = _deal(
            zones, at, recent, in_window, found, min_incidents, replicates, stop_after, rng
        )
    return SpaceTimeScan(
        tuple(
            replace(
                one,
                locations=order[one.locations],
                p=_pvalue(int(reached[i]), dealt, stop_after if i == 0 else None),
            )
            for i, one in enumerate(found)
        ),
        dealt,
    )


def _observed(
    zones: tuple[np.ndarray, np.ndarray, np.ndarray], counts: np.ndarray, in_window: np.ndarray,
    total: int, min_incidents: int, x: np.ndarray, y: np.ndarray,
) -> list[Cluster]:  # fmt: skip
    """Return the most likely cluster, and the most likely that share no location with earlier.

    Locations are in order of x, then y, and p is not known yet.
    """
    from samlad_stats._space_time import best_zone

    indptr, members, totals = zones
    taken = np.zeros(len(x), dtype=bool)
    found: list[Cluster] = []
    while len(found) < REPORTED:
        llr, centre, end, window = best_zone(
            indptr, members, totals, counts, in_window, total, min_incidents, taken
        )
        if centre < 0:
            break
        inside = members[indptr[centre] : end + 1]
        taken[inside] = True
        farthest = inside[-1]
        found.append(
            Cluster(
                inside,
                window + 1,
                int(counts[inside, window].sum()),
                float(totals[end] * in_window[window] / total),
                llr,
                math.nan,
                math.hypot(x[centre] - x[farthest], y[centre] - y[farthest]),
            )
        )
    return found


def _deal(
    zones: tuple[np.ndarray, np.ndarray, np.ndarray], at: np.ndarray, recent: np.ndarray,
    in_window: np.ndarray, found: list[Cluster], min_incidents: int, replicates: int,
    stop_after: int | None, rng: np.random.Generator,
) -> tuple[np.ndarray, int]:  # fmt: skip
    """Return how many dealings reach each cluster, and how many were made."""
    from samlad_stats import _space_time as compiled

    indptr, members, totals = zones
    dtype = np.int16 if len(recent) < np.iinfo(np.int16).max else np.int32
    lanes = -(-len(in_window) // 8) * 8  # whole vector registers
    tables = np.full((len(found), int(totals.max()) + 1, lanes), np.iinfo(dtype).max, dtype=dtype)
    occurs = np.unique(totals[totals > 0]).astype(np.int64)
    for i, one in enumerate(found):
        compiled.fill_fewest(
            one.llr * (1 - 1e-9), in_window, len(at), min_incidents, occurs, tables[i]
        )
    n_centres = len(indptr) - 1
    room = n_centres * min(len(recent), int(totals.max()))
    gathers = len(recent) < GATHER_BELOW * n_centres and room < GATHER_ROOM
    if gathers:
        centre_of = np.repeat(np.arange(n_centres), np.diff(indptr))
        turned = compiled.turned_round(indptr, members, totals)
    where = at.copy()
    reached, dealt = np.zeros(len(found), np.int64), 0
    batch = max(1, DRAWS_AT_ONCE // len(recent))
    if stop_after is not None:
        batch = min(batch, 50)
    while dealt < replicates:
        uniform = rng.random((min(batch, replicates - dealt), len(recent)))
        if gathers:
            ranks = compiled.replicate_gathering(
                centre_of, totals, *turned, where, recent, uniform, tables, len(in_window),
                min_incidents,
            )  # fmt: skip
        else:
            ranks = compiled.replicate_walking(
                indptr, members, totals, where, recent, uniform, tables, len(in_window)
            )
        if stop_after is not None:
            hits = np.flatnonzero(ranks == 0)
            missing = stop_after - int(reached[0])
            if len(hits) >= missing:
                ranks = ranks[: hits[missing - 1] + 1]
        dealt += len(ranks)
        reached += np.cumsum(np.bincount(ranks, minlength=len(found) + 1))[: len(found)]
        if stop_after is not None and reached[0] >= stop_after:
            break
    return reached, dealt


def _pvalue(reached: int, dealt: int, stop_after: int | None) -> float:
    """Return the Monte Carlo p: h / l where the dealings stopped at the h-th, [2]."""
    if not dealt:
        return math.nan
    if stop_after is not None and reached >= stop_after:
        return reached / dealt
    return (1 + reached) / (1 + dealt)


def _check_incidents(
    location: ArrayLike, period_before_end: ArrayLike, x: ArrayLike, y: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.ndim != 1 or xs.shape != ys.shape or len(xs) == 0:
        raise ValueError("x and y must have the same shape (n_locations,), not empty")
    if not (np.all(np.isfinite(xs)) and np.all(np.isfinite(ys))):
        raise ValueError("x and y must be finite")
    place, period = np.asarray(location), np.asarray(period_before_end)
    for name, values in (("location", place), ("period_before_end", period)):
        if values.ndim != 1 or (len(values) and values.dtype.kind not in "iu"):
            raise ValueError(f"{name} must be whole numbers, shape (n_incidents,)")
    if place.shape != period.shape:
        raise ValueError("location and period_before_end must have the same shape")
    if np.any(place < 0) or np.any(place >= len(xs)):
        raise ValueError("location must be indices into x and y")
    if np.any(period < 0):
        raise ValueError("period_before_end must be 0 or more: 0 is the most recent")
    return place.astype(np.int64), period.astype(np.int64), xs, ys


def _check_settings(
    max_radius: float, max_share: float, ties: str, replicates: int, rng: np.random.Generator | None
) -> None:
    if not (math.isfinite(max_radius) and max_radius > 0):
        raise ValueError(f"max_radius must be positive and finite, not {max_radius}")
    if not 0 < max_share <= 1:
        raise ValueError(f"max_share must lie above 0 and not above 1, not {max_share}")
    if ties not in {"together", "one_by_one"}:
        raise ValueError(f'ties must be "together" or "one_by_one", not {ties!r}')
    if replicates and rng is None:
        raise ValueError("replicates need rng")
