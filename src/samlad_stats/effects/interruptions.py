"""Did the level of a series change at a start, beside its own past?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from samlad_stats._checks import check_counts
from samlad_stats._poisson import TINY, UNCLEAR, finite_exp, fit
from samlad_stats.effects.differences import FREEDOM_AT_LEAST

INCIDENTS_NEEDED = 3  # in each part: with fewer a level has no error worth the name
WEEKS_BEFORE = 104  # two years: less tells neither season nor trend


@dataclass(frozen=True)
class InterruptedSeries:
    """``coefficient``, ``standard_error``: of the level's change on the log scale; ``ratio``,
    ``lower``, ``upper``: how many times as many incidents after the start; ``p``: two-sided.

    ``expected`` (n_weeks - start,): mean foreseen without the change [count]; ``dispersion``;
    ``lag``: weeks over which errors were let vary together; ``placebos``: coefficients of starts
    that were none; ``degrees_of_freedom`` of t.
    """

    coefficient: float
    standard_error: float
    ratio: float
    lower: float
    upper: float
    p: float
    expected: np.ndarray
    dispersion: float
    lag: int
    placebos: np.ndarray
    degrees_of_freedom: int


def interrupted_series(counts: ArrayLike, *, start: int, freq: int = 52) -> InterruptedSeries:
    """Compare one area's weeks after a start with what its own past foresees.

    Answers "how many times as many incidents are there as season and trend lead one to
    expect?" where there is no area to compare with.

    Parameters
    ----------
    counts : array_like of int, shape (n_weeks,), >= 0
        Incidents by week [count].
    start : int
        First week of the measure, counted from 0: 104 or more.
    freq : int, >= 4
        Weeks in a year; a wave shorter than two weeks is left out.

    Returns
    -------
    InterruptedSeries
        ``ratio`` is one change of level from the start on; a change that grows or fades shows
        as its mean. ``standard_error`` is the larger of the regression's and the root mean
        square of placebo windows in the earlier weeks, as long as the time after; degrees of
        freedom are how many such windows fit beside each other, less one, at least 3.

    Raises
    ------
    ValueError
        Counts are not whole, negative or of another shape, there are less than 104 weeks
        before the start, no week after it, fewer than 3 incidents before or after, or the
        counts do not tell season, trend and change apart.

    Notes
    -----
    Poisson regression on trend, two waves a year and the change [1]_, with a standard error
    that lets near weeks vary together (Bartlett weights, lag after Andrews [2]_ [3]_), and no
    smaller than that of independent weeks with the same dispersion. By itself that error is too
    small where weeks are like those before them (a quarter of false findings at correlation
    0.8), hence the placebos: with half a year after, up to 8 false findings in a hundred at 0.8
    and 11 at 0.95 remain; with four weeks after, 12. Whatever else began in the
    same week is in the ratio; so is the return to normal after the peak that led to the
    measure.

    References
    ----------
    .. [1] Lopez Bernal, Cummins & Gasparrini (2017), Int. J. Epidemiology 46, 348-355,
       doi:10.1093/ije/dyw098.
    .. [2] Newey & West (1987), Econometrica 55, 703-708, doi:10.2307/1913610.
    .. [3] Andrews (1991), Econometrica 59, 817-858, doi:10.2307/2938229.

    Examples
    --------
    Three years with 8 to 12 incidents a week, then half a year with two thirds of it:

    >>> weeks = np.r_[np.tile([8, 10, 12], 52), np.tile([5, 7, 8], 9)]
    >>> found = interrupted_series(weeks, start=156)
    >>> round(found.ratio, 2), found.upper < 1
    (0.66, True)
    """
    y = check_counts("counts", counts).astype(np.float64)
    if y.ndim != 1:
        raise ValueError("counts must have the shape (n_weeks,)")
    if freq != int(freq) or freq < 4:
        raise ValueError(f"freq must be a whole number, 4 or more, not {freq}")
    if start != int(start) or start < WEEKS_BEFORE:
        raise ValueError(f"start must have {WEEKS_BEFORE} weeks before it, not {start}")
    n = len(y)
    if start >= n:
        raise ValueError("start must be a week of the series")
    for name, part in (("before", y[:start]), ("from", y[start:])):
        if part.sum() < INCIDENTS_NEEDED:
            raise ValueError(
                f"fewer than {INCIDENTS_NEEDED} incidents {name} the start say too little"
            )
    coefficient, mean, error, dispersion, lag = _level_change(y, np.arange(n) >= start, freq)
    length = min(n - start, start // 2)
    placebos = []
    for first in range(0, start - length + 1, max(1, length // 4)):
        week = np.arange(start)
        window = (week >= first) & (week < first + length)
        if min(y[:start][window].sum(), y[:start][~window].sum()) >= INCIDENTS_NEEDED:
            try:
                placebos.append(_level_change(y[:start], window, freq)[0])
            except ValueError:  # this window cannot be told from season and trend
                continue
    if placebos:
        error = max(error, math.sqrt(float(np.mean(np.square(placebos)))))
    freedom = max(start // (n - start) - 1, FREEDOM_AT_LEAST)
    half = float(stats.t.ppf(0.975, freedom)) * error
    return InterruptedSeries(
        coefficient=coefficient,
        standard_error=error,
        ratio=math.exp(coefficient),
        lower=finite_exp(coefficient - half),
        upper=finite_exp(coefficient + half),
        p=max(2 * float(stats.t.sf(abs(coefficient) / error, freedom)), TINY),
        expected=mean[start:] / math.exp(coefficient),
        dispersion=dispersion,
        lag=lag,
        placebos=np.array(placebos),
        degrees_of_freedom=freedom,
    )


def _level_change(
    y: np.ndarray, changed: np.ndarray, freq: int
) -> tuple[float, np.ndarray, float, float, int]:
    """Return coefficient, means, error that lets near weeks vary together, dispersion, lag."""
    n = len(y)
    week = np.arange(n)
    waves = [f(2 * np.pi * k * week / freq) for k in (1, 2) if 2 * k < freq
             for f in (np.sin, np.cos)]  # fmt: skip
    x = np.column_stack([np.ones(n), (week - n / 2) / n, *waves, changed.astype(float)])
    beta, mean = fit(x, y, np.zeros(n))
    try:
        bread = np.linalg.inv(x.T @ (x * mean[:, None]))
    except np.linalg.LinAlgError:
        raise ValueError(UNCLEAR) from None
    freedom = n - x.shape[1]
    dispersion = max(float(((y - mean) ** 2 / mean).sum()) / freedom, 1.0)
    scores = (x @ bread[:, -1]) * (y - mean)  # each week's part in the coefficient
    lag = _lag((y - mean) / np.sqrt(mean))
    variance = float((scores**2).sum())
    for k in range(1, lag + 1):
        variance += 2 * (1 - k / (lag + 1)) * float((scores[k:] * scores[:-k]).sum())  # [2]
    error = math.sqrt(max(variance * n / freedom, dispersion * float(bread[-1, -1])))
    return float(beta[-1]), mean, error, dispersion, lag


def _lag(residuals: np.ndarray) -> int:
    """Return Andrews' lag for Bartlett weights and an AR(1) error, [3] eq. 6.2 and 6.4."""
    n = len(residuals)
    after, before = residuals[1:], residuals[:-1]
    rho = float(np.clip((after * before).sum() / (before**2).sum(), -0.97, 0.97))
    alpha = 4 * rho**2 / ((1 - rho) ** 2 * (1 + rho) ** 2)
    return min(math.ceil(1.1447 * (alpha * n) ** (1 / 3)), n // 4)
