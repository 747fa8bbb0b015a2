"""Is this week's count more than recent weeks lead one to expect?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from samlad_stats._checks import check_counts, check_level

METHODS = ("C1", "C2", "C3")
GAP = 2  # weeks left out before the week tested, in C2 and C3
EXCESS = 1.0  # standard deviations above the mean that C3 does not add up


@dataclass(frozen=True)
class Ears:
    """``upper`` (…, n_at): the largest count that is no alarm; ``alarm``: above it.

    Both are NaN / False where there are too few weeks before.
    """

    upper: np.ndarray
    alarm: np.ndarray


def ears(
    counts: ArrayLike, *, at: Sequence[int], method: str, alpha: float, baseline: int = 7
) -> Ears:
    """Compare a week with the few weeks before it (EARS).

    Answers "is the count high beside the last `baseline` weeks?" where there is too little
    history for anything better: it knows no season and no trend.

    Parameters
    ----------
    counts : array_like of int, shape (n_weeks,) or (n_series, n_weeks), >= 0
        Incidents by week [count].
    at : sequence of int
        Weeks to test, counted from 0.
    method : {"C1", "C2", "C3"}
        C1 uses the weeks just before; C2 leaves out the two before, so that a rise under way
        does not raise its own bar; C3 also adds up what the two weeks before were above C2's
        mean by more than one standard deviation.
    alpha : float, 0 < alpha < 1
        Level of a one-sided normal bound [proportion]: the share of alarms among independent
        normal counts with a known mean and deviation. It is not kept for small counts.
    baseline : int, >= 2
        Weeks compared with [weeks].

    Returns
    -------
    Ears
        Shape ``(len(at),)`` for one series, ``(n_series, len(at))`` for several. Where the
        baseline does not vary the bound is its mean.

    Raises
    ------
    ValueError
        Counts are not whole or negative, have another number of dimensions, a week is outside
        the series, the method is unknown, the level is outside (0, 1) or the baseline is
        shorter than two weeks.

    Notes
    -----
    Fricker, Hegler & Dunfee [1]_. Seven counts estimate a deviation badly: with Poisson counts
    of mean 1 the false alarms are several times ``alpha``.

    References
    ----------
    .. [1] Fricker, Hegler & Dunfee (2008), Statistics in Medicine 27, 3407-3429,
       doi:10.1002/sim.3197.

    Examples
    --------
    >>> found = ears([2, 3, 1, 2, 4, 2, 3, 9], at=[7], method="C1", alpha=0.01)
    >>> bool(found.alarm[0]), round(float(found.upper[0]), 2)
    (True, 4.7)
    """
    series = check_counts("counts", counts).astype(np.float64)
    if series.ndim not in {1, 2}:
        raise ValueError("counts must have the shape (n_weeks,) or (n_series, n_weeks)")
    check_level("alpha", alpha)
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if baseline < 2:
        raise ValueError(f"baseline must be 2 weeks or more, not {baseline}")
    weeks = np.asarray(at, dtype=np.int64)
    n_weeks = series.shape[-1]
    if weeks.ndim != 1 or np.any(weeks < 0) or np.any(weeks >= n_weeks):
        raise ValueError("at must be weeks of the series, counted from 0")
    rows = np.atleast_2d(series)
    gap = 0 if method == "C1" else GAP
    mean, deviation = _recent(rows, baseline, gap)
    upper = mean + stats.norm.isf(alpha) * deviation  # [1], sec. 2
    if method == "C3":
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = np.maximum((rows - mean) / deviation - EXCESS, 0.0)
        excess = np.where(deviation > 0, excess, np.where(rows > mean, np.inf, 0.0))
        excess[np.isnan(mean)] = np.nan
        earlier = np.full_like(rows, np.nan)
        earlier[:, 2:] = excess[:, 1:-1] + excess[:, :-2]
        with np.errstate(invalid="ignore"):
            upper = upper - np.where(deviation > 0, deviation * earlier, 0.0)
    chosen, observed = upper[:, weeks], rows[:, weeks]
    with np.errstate(invalid="ignore"):
        alarm = observed > chosen
    if series.ndim == 1:
        return Ears(chosen[0], alarm[0])
    return Ears(chosen, alarm)


def _recent(rows: np.ndarray, baseline: int, gap: int) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and deviation of the `baseline` weeks that end `gap` before each week."""
    mean, deviation = np.full_like(rows, np.nan), np.full_like(rows, np.nan)
    first = baseline + gap
    if rows.shape[1] > first:
        windows = np.lib.stride_tricks.sliding_window_view(rows, baseline, axis=1)
        usable = windows[:, : rows.shape[1] - first]
        mean[:, first:] = usable.mean(axis=2)
        deviation[:, first:] = usable.std(axis=2, ddof=1)
    return mean, deviation
