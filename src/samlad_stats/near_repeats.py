"""Do incidents follow each other closely in both place and time more than chance would have it?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from samlad_stats._checks import check_whole

if TYPE_CHECKING:
    from samlad_stats._grid import Grid

METRICS = ("euclidean", "manhattan")
LISTED_PAIRS = 20_000_000  # above, pairs are found anew for each dealing and never listed
PER_LISTED_PAIR, PER_SORTED, PER_MERGED = 1.2, 85.0, 9.0  # nanoseconds, measured
MOST_BANDS = 255
DEALT_AT_ONCE, NUMBERS_AT_ONCE = 100, 2_000_000
WHOLE_DAYS = 2**30  # times below are held as 32-bit whole numbers
ROUNDING = 1e-9  # relative
LONGEST = 1e300  # days: longer is no limit
BEFORE_ALL = -1.0  # a lower edge that no distance is at


@dataclass(frozen=True)
class Knox:
    """The Knox test: pairs close in space and time against what independence would give.

    ``table`` (2, 2) is pairs by close in space (row 0 yes) and close in time (column 0 yes).
    ``p`` is NaN without permutations.
    """

    table: np.ndarray
    close_in_both: int
    expected: float
    sd: float
    z: float
    poisson_p: float
    p: float


def knox(
    x: ArrayLike,
    y: ArrayLike,
    t: ArrayLike,
    *,
    delta: float,
    tau: float,
    permutations: int = 0,
    stop_after: int | None = None,
    rng: np.random.Generator | None = None,
    metric: str = "euclidean",
) -> Knox:
    """Test whether incidents near in space are also near in time.

    Answers "do incidents within `delta` metres of each other also come within `tau` days more
    often than if place and time had nothing to do with each other?".

    Parameters
    ----------
    x, y : array_like of float, shape (n_incidents,)
        Where [m].
    t : array_like of float, shape (n_incidents,)
        When [days, from any day].
    delta : float, >= 0
        Close in space: at most so far apart [m].
    tau : float, >= 0
        Close in time: at most so long apart [days].
    permutations : int, >= 0
        How often the times are dealt out anew for ``p``; 0 for none.
    stop_after : int, >= 1, optional
        Stop when so many dealings have reached the observed number [3]_.
    rng : numpy.random.Generator, needed with permutations
    metric : {"euclidean", "manhattan"}

    Returns
    -------
    Knox
        ``expected`` and ``sd`` [pairs] are the exact mean and standard deviation over all
        ways of dealing out the times (Barton and David [2]_), so that ``z`` needs no
        permutation; ``sd`` is 0 and ``z`` NaN where every dealing gives the same. ``poisson_p``
        is P(X > observed) for a Poisson variable of that mean: quick, and too small when
        incidents cluster at one place. ``p`` = (1 + dealings with at least as many) / (1 +
        permutations), never 0; after a stop at the l-th dealing, stop_after / l.

    Raises
    ------
    ValueError
        Shapes differ, a coordinate or time is not finite, fewer than 4 incidents, ``delta``,
        ``tau`` or ``permutations`` is negative, the metric is unknown, or permutations are
        asked for without ``rng``.

    Notes
    -----
    Knox [1]_. The pairs close in space are listed once and each dealing is held against the
    list; where they are very many, each dealing merges near cells in order of time instead,
    and memory stays proportional to the incidents. A population that grows or shrinks in one part
    only during the time studied looks like interaction. One pair of limits, chosen beforehand:
    trying many and showing the best is no test.

    References
    ----------
    .. [1] Knox (1964), Applied Statistics 13, 25-29, doi:10.2307/2985220.
    .. [2] Barton & David (1966), in: Research Papers in Statistics, ed. F. N. David.
    .. [3] Besag & Clifford (1991), Biometrika 78, 301-304, doi:10.1093/biomet/78.2.301.

    Examples
    --------
    Two pairs, each close in both:

    >>> found = knox([0, 1, 500, 501], [0, 0, 0, 0], [0, 1, 50, 51], delta=10, tau=2)
    >>> found.close_in_both, round(found.expected, 3)
    (2, 0.667)
    """
    points, times = _checked(x, y, t, permutations, rng, metric)
    if not (0 <= delta < math.inf and 0 <= tau < math.inf):
        raise ValueError("delta and tau must be 0 or more, and finite")
    stop_after = None if stop_after is None else check_whole("stop_after", stop_after, 1)
    pairs = _Pairs(
        points, times, np.array([BEFORE_ALL, float(delta)]),
        np.array([0.0, np.nextafter(min(float(tau), LONGEST), math.inf)]), metric,
    )  # fmt: skip
    counted = pairs.count(int(permutations), rng)
    both = int(next(counted)[0, 0])
    n = len(times)
    mean, sd = (float(one[0, 0]) for one in _moments(n, pairs.in_space, pairs.in_time))
    n_pairs = n * (n - 1) // 2
    close_s, close_t = int(pairs.in_space.sum()) // 2, int(pairs.in_time.sum()) // 2
    table = np.array([[both, close_s - both], [close_t - both, n_pairs - close_s - close_t + both]])
    reached = 0
    for number, dealt in enumerate(counted, start=1):
        reached += int(dealt[0, 0]) >= both
        if stop_after is not None and reached == stop_after:
            p = reached / number
            break
    else:
        p = (1 + reached) / (1 + permutations) if permutations else math.nan
    return Knox(
        table=table,
        close_in_both=both,
        expected=mean,
        sd=sd,
        z=(both - mean) / sd if sd > 0 else math.nan,
        poisson_p=max(float(stats.poisson.sf(both, mean)), np.finfo(float).tiny),
        p=p,
    )


@dataclass(frozen=True)
class NearRepeatTable:
    """Pairs by distance and time: arrays (1 + distance bands, time bands), row 0 the same place.

    ``observed``, ``expected``, ``sd`` [pairs]; ``ratio`` = observed / expected, NaN without
    pairs so near; ``z``, NaN where sd is 0; ``p`` upwards, NaN without permutations.
    """

    observed: np.ndarray
    expected: np.ndarray
    sd: np.ndarray
    ratio: np.ndarray
    z: np.ndarray
    p: np.ndarray


def near_repeat_table(
    x: ArrayLike,
    y: ArrayLike,
    t: ArrayLike,
    *,
    distance_edges: Sequence[float],
    time_edges: Sequence[float],
    metric: str = "euclidean",
    permutations: int = 0,
    rng: np.random.Generator | None = None,
) -> NearRepeatTable:
    """Show at which distances and delays incidents repeat more than chance would have it.

    Answers "how far, and for how long, is the surroundings of an incident more exposed?".

    Parameters
    ----------
    x, y : array_like of float, shape (n_incidents,)
        Where [m].
    t : array_like of float, shape (n_incidents,)
        When [days, from any day].
    distance_edges : sequence of float, ascending, >= 0
        Bands (edge, next edge] [m]: the upper edge belongs to the band. The same place,
        distance 0, is always a row of its own, before them.
    time_edges : sequence of float, ascending, >= 0
        Bands [edge, next edge) [days]: the lower edge belongs to the band.
    metric : {"euclidean", "manhattan"}
    permutations : int, >= 0
        How often the times are dealt out anew for ``p``; 0 for none.
    rng : numpy.random.Generator, needed with permutations

    Returns
    -------
    NearRepeatTable
        ``expected`` and ``sd`` are exact over all dealings of the times, as in `knox`. ``p`` of
        a cell = (1 + dealings with at least as many) / (1 + permutations), each cell by
        itself: many cells are many tests.

    Raises
    ------
    ValueError
        As `knox`; or edges do not ascend from 0 or more, are fewer than two or too many.

    Notes
    -----
    Townsley, Homel & Chaseling [1]_; Ratcliffe & Rengert [2]_. A table describes; for one
    decision choose one distance and delay beforehand and use `knox`.

    References
    ----------
    .. [1] Townsley, Homel & Chaseling (2003), Br. J. Criminology 43, 615-633,
       doi:10.1093/bjc/43.3.615.
    .. [2] Ratcliffe & Rengert (2008), Security Journal 21, 58-76,
       doi:10.1057/palgrave.sj.8350068.

    Examples
    --------
    >>> found = near_repeat_table([0, 0, 80, 500], [0, 0, 0, 0], [0, 1, 3, 90],
    ...                           distance_edges=[0, 100], time_edges=[0, 7])
    >>> found.observed.tolist()
    [[1], [2]]
    """
    points, times = _checked(x, y, t, permutations, rng, metric)
    distances = _edges("distance_edges", distance_edges)
    delays = _edges("time_edges", time_edges)
    bounds = np.unique(np.concatenate([[BEFORE_ALL, 0.0], distances]))
    rows = [0, *range(len(bounds) - len(distances), len(bounds) - 1)]
    pairs = _Pairs(points, times, bounds, delays, metric)
    counted = pairs.count(int(permutations), rng)
    observed = next(counted)[rows]
    expected, sd = (one[rows] for one in _moments(len(times), pairs.in_space, pairs.in_time))
    p: np.ndarray = np.full(observed.shape, np.nan)
    if permutations:
        reached = np.sum([dealt[rows] >= observed for dealt in counted], axis=0)
        p = (1 + reached) / (1 + permutations)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, observed / expected, np.nan)
        z = np.where(sd > 0, (observed - expected) / sd, np.nan)
    return NearRepeatTable(observed, expected, sd, ratio, z, p)


class _Pairs:
    """Pairs close in space, counted against any dealing of the times."""

    def __init__(
        self, points: np.ndarray, times: np.ndarray, edges: np.ndarray,
        time_edges: np.ndarray, metric: str,
    ) -> None:  # fmt: skip
        from samlad_stats import _close_pairs  # numba: only where it runs
        from samlad_stats._grid import grid

        self.compiled = _close_pairs
        self.manhattan = metric == "manhattan"
        largest = float(edges[-1])
        extent = float(np.ptp(points, axis=0).max())
        cell = max(largest * (1 + 2 * ROUNDING), extent / math.sqrt(len(points))) or 1.0
        self.grid: Grid = grid(points[:, 0], points[:, 1], cell=cell, reach=1, corners=True)
        self.x, self.y = points[self.grid.order].T.copy()
        self.times = times[self.grid.order]
        # distances are rounded: one that is the edge but for that belongs to its band
        upper = np.where(edges > 0, edges * (1 + ROUNDING), edges)
        self.edges = upper if self.manhattan else np.sign(upper) * upper**2
        self.time_edges = time_edges
        self.cells = (self.grid.starts, self.grid.near_starts, self.grid.near)
        self.in_space, self.later = self.compiled.degrees(
            self.x, self.y, *self.cells, self.edges, self.manhattan
        )
        self.ordered = np.sort(self.times)
        self.in_time = self.compiled.times_near(self.ordered, time_edges)
        n, n_pairs = len(times), int(self.later.sum())
        near_in_time = self.in_time.sum() / (n * (n - 1))
        listing = PER_LISTED_PAIR * n_pairs
        merging = PER_SORTED * n + PER_MERGED * near_in_time * n_pairs
        self.lists = n_pairs <= LISTED_PAIRS and listing <= merging

    def count(self, dealings: int, rng: np.random.Generator | None) -> Iterator[np.ndarray]:
        """Yield the table of pairs of the times as they are, then of each dealing."""
        if self.lists:
            listed = self.compiled.list_pairs(
                self.x, self.y, *self.cells, self.edges, self.manhattan, self.later
            )
            if len(self.edges) == 2 and len(self.time_edges) == 2 and self.time_edges[0] == 0:
                yield from self._by_limit(listed, dealings, rng)
                return
            times = self.times.copy()
            for dealing in range(dealings + 1):
                if dealing and rng is not None:
                    rng.shuffle(times)
                yield self.compiled.count_banded(
                    *listed, times, self.time_edges, len(self.edges) - 1
                )
        else:
            starts = self.grid.starts
            cell_of = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
            where = np.argsort(self.times, kind="stable").astype(np.int32)
            for dealing in range(dealings + 1):
                if dealing and rng is not None:
                    rng.shuffle(where)
                yield self.compiled.count_merging(
                    self.x, self.y, cell_of, *self.cells, self.edges, self.manhattan, where,
                    self.ordered, self.time_edges,
                )  # fmt: skip

    def _by_limit(
        self,
        listed: tuple[np.ndarray, np.ndarray, np.ndarray],
        dealings: int,
        rng: np.random.Generator | None,
    ) -> Iterator[np.ndarray]:
        """Yield the tables of one distance and one delay: dealt and counted many at a time."""
        indptr, partner, _ = listed
        times: np.ndarray = self.times.copy()
        limit: Any = self.time_edges[1]
        if np.all(times == np.floor(times)) and np.ptp(times) < WHOLE_DAYS:
            # half the bytes to go through
            times = (times - times.min()).astype(np.int32)
            limit = np.int32(min(math.ceil(limit), WHOLE_DAYS))
        yield np.array([[self.compiled.count_close(indptr, partner, times, limit)]])
        done, batch = 0, max(1, min(DEALT_AT_ONCE, NUMBERS_AT_ONCE // len(times)))
        while done < dealings and rng is not None:
            size = (min(batch, dealings - done), len(times))
            random = rng.integers(0, 2**32, size=size, dtype=np.uint32)
            for close in self.compiled.deal_and_count(indptr, partner, times, limit, random):
                yield np.array([[close]])
            done += size[0]


def _moments(n: int, in_space: np.ndarray, in_time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the pairs in each band over all dealings, [2].

    `in_space` (n, bands) and `in_time` (n, time bands) count each incident's others. Pairs of
    pairs are the same pair, share one incident, or share none.
    """
    pairs = n * (n - 1) / 2
    close_s, close_t = in_space.sum(axis=0)[:, None] / 2, in_time.sum(axis=0)[None, :] / 2
    wedge_s, wedge_t = (  # two pairs that share an incident
        (degree * (degree - 1.0)).sum(axis=0) / 2 for degree in (in_space, in_time)
    )
    mean = close_s * close_t / pairs
    sharing = 4 * wedge_s[:, None] * wedge_t[None, :] / (n * (n - 1.0) * (n - 2))
    apart_s = close_s * (close_s - 1) - 2 * wedge_s[:, None]
    apart_t = close_t * (close_t - 1) - 2 * wedge_t[None, :]
    apart = 4 * apart_s * apart_t / (n * (n - 1.0) * (n - 2) * (n - 3))
    variance = mean + sharing + apart - mean**2
    return mean, np.sqrt(np.where(variance > 1e-12 * mean**2, variance, 0.0))


def _edges(name: str, edges: Sequence[float]) -> np.ndarray:
    found = np.asarray(edges, dtype=np.float64)
    if found.ndim != 1 or not 2 <= len(found) < MOST_BANDS or not np.all(np.isfinite(found)):
        raise ValueError(f"{name} must be two or more finite numbers, fewer than {MOST_BANDS}")
    if found[0] < 0 or np.any(np.diff(found) <= 0):
        raise ValueError(f"{name} must ascend from 0 or more")
    return found


def _checked(
    x: ArrayLike, y: ArrayLike, t: ArrayLike, permutations: int, rng: Any, metric: str
) -> tuple[np.ndarray, np.ndarray]:
    across, up, times = (np.asarray(one, dtype=np.float64) for one in (x, y, t))
    if times.ndim != 1 or not across.shape == up.shape == times.shape:
        raise ValueError("x, y and t must be one-dimensional and as long")
    points = np.column_stack([across, up])
    if not (np.all(np.isfinite(points)) and np.all(np.isfinite(times))):
        raise ValueError("x, y and t must be finite")
    if len(times) < 4:
        raise ValueError("fewer than 4 incidents say nothing of pairs")
    check_whole("permutations", permutations, 0)
    if metric not in METRICS:
        raise ValueError(f"metric must be one of {', '.join(METRICS)}, not {metric!r}")
    if permutations and rng is None:
        raise ValueError("permutations need rng")
    return points, times
