"""Do incidents follow each other closely in both place and time more than chance would have it?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.spatial import cKDTree

METRICS = {"euclidean": 2.0, "manhattan": 1.0}


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
        permutations), never 0.

    Raises
    ------
    ValueError
        Shapes differ, a coordinate or time is not finite, fewer than 4 incidents, ``delta``,
        ``tau`` or ``permutations`` is negative, the metric is unknown, or permutations are
        asked for without ``rng``.

    Notes
    -----
    Knox [1]_. A population that grows or shrinks in one part only during the time studied
    looks like interaction. One pair of limits, chosen beforehand: trying many and showing the
    best is no test.

    References
    ----------
    .. [1] Knox (1964), Applied Statistics 13, 25-29, doi:10.2307/2985220.
    .. [2] Barton & David (1966), in: Research Papers in Statistics, ed. F. N. David.

    Examples
    --------
    Two pairs, each close in both:

    >>> found = knox([0, 1, 500, 501], [0, 0, 0, 0], [0, 1, 50, 51], delta=10, tau=2)
    >>> found.close_in_both, round(found.expected, 3)
    (2, 0.667)
    """
    points, times = _checked(x, y, t, delta, tau, permutations, rng, metric)
    pairs = cKDTree(points).query_pairs(delta, p=METRICS[metric], output_type="ndarray")
    n = len(times)
    in_space = np.bincount(pairs.ravel(), minlength=n)
    ordered = np.sort(times)
    in_time = (
        np.searchsorted(ordered, times + tau, side="right")
        - np.searchsorted(ordered, times - tau, side="left")
        - 1
    )
    both = _count(pairs, times, tau)
    mean, sd = _moments(n, in_space, in_time)
    n_pairs, close_s, close_t = n * (n - 1) // 2, len(pairs), int(in_time.sum()) // 2
    table = np.array([[both, close_s - both], [close_t - both, n_pairs - close_s - close_t + both]])
    p = math.nan
    if permutations and rng is not None:
        reached = sum(
            _count(pairs, rng.permutation(times), tau) >= both for _ in range(permutations)
        )
        p = (1 + reached) / (1 + permutations)
    return Knox(
        table=table,
        close_in_both=both,
        expected=mean,
        sd=sd,
        z=(both - mean) / sd if sd > 0 else math.nan,
        poisson_p=float(stats.poisson.sf(both, mean)),
        p=p,
    )


def _count(pairs: np.ndarray, times: np.ndarray, tau: float) -> int:
    apart = np.abs(times[pairs[:, 0]] - times[pairs[:, 1]])
    return int(np.count_nonzero(apart <= tau))


def _moments(n: int, in_space: np.ndarray, in_time: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of the pairs close in both over all dealings [2].

    Pairs of pairs are the same pair, share one incident, or share none.
    """
    pairs = n * (n - 1) / 2
    close_s, close_t = in_space.sum() / 2, in_time.sum() / 2
    wedge_s = float((in_space * (in_space - 1.0)).sum()) / 2  # two pairs that share an incident
    wedge_t = float((in_time * (in_time - 1.0)).sum()) / 2
    mean = close_s * close_t / pairs
    same = mean
    sharing = 4 * wedge_s * wedge_t / (n * (n - 1) * (n - 2))
    apart_s = close_s * (close_s - 1) - 2 * wedge_s
    apart_t = close_t * (close_t - 1) - 2 * wedge_t
    apart = 4 * apart_s * apart_t / (n * (n - 1) * (n - 2) * (n - 3))
    variance = max(same + sharing + apart - mean**2, 0.0)
    return float(mean), math.sqrt(variance if variance > 1e-12 * mean**2 else 0.0)


def _checked(
    x: ArrayLike,
    y: ArrayLike,
    t: ArrayLike,
    delta: float,
    tau: float,
    permutations: int,
    rng: Any,
    metric: str,
) -> tuple[np.ndarray, np.ndarray]:
    across, up, times = (np.asarray(one, dtype=np.float64) for one in (x, y, t))
    if times.ndim != 1 or not across.shape == up.shape == times.shape:
        raise ValueError("x, y and t must be one-dimensional and as long")
    points = np.column_stack([across, up])
    if not (np.all(np.isfinite(points)) and np.all(np.isfinite(times))):
        raise ValueError("x, y and t must be finite")
    if len(times) < 4:
        raise ValueError("fewer than 4 incidents say nothing of pairs")
    if not (delta >= 0 and tau >= 0 and permutations >= 0):
        raise ValueError("delta, tau and permutations must be 0 or more")
    if metric not in METRICS:
        raise ValueError(f"metric must be one of {', '.join(METRICS)}, not {metric!r}")
    if permutations and rng is None:
        raise ValueError("permutations need rng")
    return points, times
