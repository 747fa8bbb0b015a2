"""Is this week's count more than earlier weeks lead one to expect?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from samlad_stats._checks import check_counts, check_level, check_whole

METHODS = ("C1", "C2", "C3")
GAP = 2  # weeks left out before the week tested, in C2 and C3
EXCESS = 1.0  # standard deviations above the mean that C3 does not add up
TREND_YEARS = 3  # fewer years show no trend, Farrington et al. 1996, sec. 3.4
LATELY_INCIDENTS, LATELY_WEEKS = 5, 4  # fewer raise no alarm, ibid., sec. 3.8
UNSEEN = 0.5  # incidents in the whole baseline that the mean never falls below
TINY = np.finfo(float).tiny
FIT, FIT_AS_R = 1e-12, 1e-8  # change of the deviance at which a fit stops


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
        mean by more than one standard deviation: the sum of the three excesses over one
        deviation is held against the bound, and a week at or below its mean is no alarm.
    alpha : float, 0 < alpha < 1
        Level of a one-sided normal bound [proportion]: for C1 and C2 the share of alarms among
        independent normal counts with a known mean and deviation; for C3 fewer. It is not kept
        for small counts. C3's customary bound of 2 is 0.02275.
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
    baseline = check_whole("baseline", baseline, 2)
    weeks = _check_weeks(at, series.shape[-1])
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
            bound = upper + deviation * (EXCESS - np.where(deviation > 0, earlier, 0.0))
        upper = np.maximum(mean, bound)
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


@dataclass(frozen=True)
class Farrington:
    """Shape ``(n_at,)`` for one series, ``(n_series, n_at)`` for several.

    ``expected``: mean foreseen [count]; ``upper``: the largest count that is no alarm;
    ``alarm``: above it, and enough incidents lately; ``p``: one-sided, of a count as large as
    this, above 0; ``dispersion``: variance over mean, at least 1; ``standard_error``: of
    ``expected`` [count]; ``trend``: whether one was kept; ``dispersion_all``: before any week was
    weighed down. NaN / False without a verdict.
    """

    expected: np.ndarray
    upper: np.ndarray
    alarm: np.ndarray
    p: np.ndarray
    dispersion: np.ndarray
    standard_error: np.ndarray
    trend: np.ndarray
    dispersion_all: np.ndarray


def farrington(
    counts: ArrayLike,
    *,
    at: Sequence[int],
    exposure: ArrayLike | None = None,
    observed: ArrayLike | None = None,
    freq: int = 52,
    years_back: int = 4,
    half_window: int = 3,
    periods: int = 10,
    weeks_excluded: int = 26,
    weight_threshold: float = 2.58,
    trend_p: float = 1.0,
    alpha: float = 0.05,
    compat: str | None = None,
) -> Farrington:
    """Compare a week with the same season of earlier years (improved Farrington).

    Answers "is this week's count above what season, trend and past variation lead one to
    expect?" for one series or many at once.

    Parameters
    ----------
    counts : array_like of int, shape (n_weeks,) or (n_series, n_weeks), >= 0
        Incidents by week [count].
    at : sequence of int
        Weeks to test, counted from 0; each needs ``years_back * freq + half_window`` weeks
        before it.
    exposure : array_like of float, shape of counts or (n_weeks,), > 0, optional
        Population at risk or reporters of the week; any unit, it cancels.
    observed : array_like of bool, shape of counts or (n_weeks,), optional
        False: the source was silent. Such a week is in no baseline, and gets no verdict. Its
        count and exposure are not read.
    freq : int, >= 4
        Weeks in a year.
    years_back : int, >= 1
        Years compared with. Below 3 no trend is fitted.
    half_window : int, >= 0
        Weeks on each side of the same week of earlier years that form its own level [weeks].
    periods : int, >= 1
        Levels of the season in a year: the weeks between the windows are divided into
        ``periods - 1`` of nearly equal length. 1 compares with the windows only.
    weeks_excluded : int, >= 0
        Latest weeks left out, so that a rise under way does not raise its own bar [weeks].
    weight_threshold : float
        Standardised Anscombe residual above which a past week is weighed down.
    trend_p : float, 0 < trend_p <= 1
        A trend is kept where its two-sided p is below this and the mean it foresees is not
        above every count of the baseline.
    alpha : float, 0 < alpha < 1
        One-sided level of ``upper`` [proportion].
    compat : {None, "surveillance"}
        "surveillance" gives the figures of R's ``farringtonFlexible`` (1.20.3), which takes
        the standard error of the mean with another dispersion than the model's.

    Returns
    -------
    Farrington
        Where a series has no incident at all in its baseline, ``p = share ** count`` with the
        week's share of the exposure; no ``p`` is ever smaller and no ``upper`` lower than such
        a baseline would give, whatever trend is fitted. Where its own window is empty but not
        the rest of the year, or too few weeks are left to fit, the season is left out of its
        model. Where less than half of the baseline or no week of the window was observed, or
        there are fewer weeks than the model has parts, there is no verdict.

    Raises
    ------
    ValueError
        Counts are not whole or negative, a shape does not fit, an exposure is not positive
        and finite, a week has too little history, a setting is outside its range.

    Notes
    -----
    Quasi-Poisson, log mean = season + trend + log exposure, fitted twice: the second time
    weeks with a standardised Anscombe residual s above the threshold weigh s**-2 [1]_ [2]_.
    ``upper`` is the normal quantile of count**(2/3) with variance dispersion * mean +
    standard_error**2, carried back [1]_. An alarm needs 5 incidents in the last 4 weeks as
    well [1]_. Assumes that a year is like earlier years but for a level and a trend; after a
    change of what is reported (a new form, a new reporter) it fails. The normal quantile of
    count**(2/3) is too low far out in a long tail: with Poisson counts of mean 1 and more
    alarms come about as often as ``alpha`` says, but with variance 5 times a mean of 20 some
    2 times as often at 0.01 and 5 times at 0.001; with means far below 1 likewise. For small
    levels use ``expected``, ``standard_error`` and ``dispersion_all`` in
    `baselines.compare_with_prediction`.

    References
    ----------
    .. [1] Farrington, Andrews, Beale & Catchpole (1996), J. R. Stat. Soc. A 159, 547-563,
       doi:10.2307/2983331.
    .. [2] Noufaily et al. (2013), Statistics in Medicine 32, 1206-1222,
       doi:10.1002/sim.5595.

    Examples
    --------
    Five years with three or four incidents a week, and then twelve:

    >>> weeks = np.array([3, 4] * 130 + [12])
    >>> found = farrington(weeks, at=[260])
    >>> bool(found.alarm[0]), round(float(found.expected[0]), 1)
    (True, 3.6)
    """
    rows, shown, exposed, weeks, flat = _check_series(counts, at, exposure, observed)
    freq, years_back = check_whole("freq", freq, 4), check_whole("years_back", years_back, 1)
    half_window = check_whole("half_window", half_window, 0)
    periods = check_whole("periods", periods, 1)
    weeks_excluded = check_whole("weeks_excluded", weeks_excluded, 0)
    _check_farrington(
        freq, years_back, half_window, periods, weeks_excluded, weight_threshold, trend_p, compat
    )
    check_level("alpha", alpha)
    first = years_back * freq + half_window
    if np.any(weeks < first):
        raise ValueError(f"a week tested needs {first} weeks before it")

    from samlad_stats._seasonal_fits import fit_baselines  # numba: only where it runs

    as_surveillance = compat == "surveillance"
    fits = np.empty((len(rows), len(weeks), 7))
    for j, week in enumerate(weeks):
        base, levels = season_levels(
            int(week), freq=freq, years_back=years_back, half_window=half_window,
            periods=periods, weeks_excluded=weeks_excluded,
        )  # fmt: skip
        freedom = np.arange(len(base) + 1)
        critical = np.where(freedom > 0, stats.t.isf(trend_p / 2, np.maximum(freedom, 1)), np.inf)
        fits[:, j] = fit_baselines(
            rows, exposed, shown, base, levels, int(week), periods,
            float(weight_threshold), FIT_AS_R if as_surveillance else FIT, as_surveillance,
            years_back >= TREND_YEARS, critical, len(base) // 2,
        )  # fmt: skip
    expected, dispersion, error, trend, incidents, exposure_before, full = np.moveaxis(fits, 2, 0)
    count = rows[:, weeks]
    with np.errstate(divide="ignore", over="ignore"):
        odds = np.exp(exposed[:, weeks] - exposure_before)  # of the week's share of exposure
    share = 1 / (1 + 1 / np.maximum(odds, TINY))
    if not as_surveillance:
        expected = np.where(incidents > 0, np.maximum(expected, UNSEEN * odds), expected)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        spread = np.sqrt(dispersion * expected + error**2) / expected  # relative, [1] eq. 3
        upper = expected * np.maximum(1 + 2 / 3 * stats.norm.isf(alpha) * spread, 0.0) ** 1.5
        p = stats.norm.sf(1.5 * ((count / expected) ** (2 / 3) - 1) / spread)
        # a baseline without any incident: all of them in the last of its weeks
        bare_p, bare_upper = share**count, np.log(alpha) / np.log(share)
    if not as_surveillance:  # and none is surer than that
        p, upper = np.maximum(p, bare_p), np.maximum(upper, bare_upper)
    empty = incidents == 0
    p, upper = np.where(empty, bare_p, p), np.where(empty, bare_upper, upper)
    p = np.where(np.isnan(expected), np.nan, np.clip(p, TINY, 1.0))
    with np.errstate(invalid="ignore"):
        alarm = (count > upper) & _enough_lately(rows, shown, weeks)
    found = (expected, upper, alarm, p, dispersion, error, trend > 0, full)
    return Farrington(*(field[0] for field in found) if flat else found)


def season_levels(
    week: int, *, freq: int, years_back: int, half_window: int, periods: int, weeks_excluded: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the baseline weeks of a week and the season level of each.

    Level 0 are the weeks within `half_window` of the same week of earlier years; the weeks
    from one such window to the next are divided, in order, into ``periods - 1`` levels of
    nearly equal length, the longer ones first.
    """
    base = np.arange(week - years_back * freq - half_window, week - weeks_excluded)
    after = (base - week + half_window) % freq  # weeks since the last window began
    width = 2 * half_window + 1
    if periods == 1:
        base = base[after < width]
        return base, np.zeros(len(base), dtype=np.int64)
    parts = np.array_split(np.arange(freq - width), periods - 1)
    of_rest = np.repeat(np.arange(1, periods), [len(part) for part in parts])
    of_week = np.concatenate([np.zeros(width, dtype=np.int64), of_rest])
    return base, of_week[after]


def _enough_lately(rows: np.ndarray, shown: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Return whether the weeks up to each tested week have incidents enough for an alarm."""
    total = np.cumsum(np.where(shown, rows, 0.0), axis=1)
    before = np.pad(total, ((0, 0), (LATELY_WEEKS, 0)))[:, weeks]
    return total[:, weeks] - before >= LATELY_INCIDENTS


def _check_series(
    counts: ArrayLike, at: Sequence[int], exposure: ArrayLike | None, observed: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, bool]:
    """Return counts, observed, log exposure (all (n_series, n_weeks)), weeks, and if flat."""
    given = np.asarray(counts)
    if given.ndim not in {1, 2}:
        raise ValueError("counts must have the shape (n_weeks,) or (n_series, n_weeks)")
    if observed is None:
        shown = np.ones(given.shape, dtype=bool)
    else:
        shown = np.asarray(observed)
        if shown.dtype != np.bool_:
            raise ValueError("observed must be True or False for each week")
        shown = _spread("observed", shown, given.shape)
    rows = check_counts("counts", np.where(shown, given, 0)).astype(np.float64)
    if exposure is None:
        exposed = np.ones(given.shape)
    else:
        exposed = np.asarray(exposure, dtype=np.float64)
        exposed = np.where(shown, _spread("exposure", exposed, given.shape), 1.0)
        if not np.all(np.isfinite(exposed) & (exposed > 0)):
            raise ValueError("exposure must be positive and finite")
    weeks = _check_weeks(at, given.shape[-1])
    return (
        np.atleast_2d(rows), np.atleast_2d(shown), np.log(np.atleast_2d(exposed)), weeks,
        given.ndim == 1,
    )  # fmt: skip


def _check_weeks(at: Sequence[int], n_weeks: int) -> np.ndarray:
    """Return the weeks to test; raise `ValueError` unless all are weeks of the series."""
    weeks = np.asarray(at)
    if weeks.ndim != 1 or (len(weeks) and weeks.dtype.kind not in "iu"):
        raise ValueError("at must be weeks of the series, counted from 0")
    weeks = weeks.astype(np.int64)
    if np.any(weeks < 0) or np.any(weeks >= n_weeks):
        raise ValueError("at must be weeks of the series, counted from 0")
    return weeks


def _spread(name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return one row of weeks, or one per series, as the shape of the counts."""
    if values.shape not in {shape, shape[-1:]}:
        raise ValueError(f"{name} must have the shape of counts, or one value for each week")
    return np.broadcast_to(values, shape)


def _check_farrington(
    freq: int, years_back: int, half_window: int, periods: int, weeks_excluded: int,
    weight_threshold: float, trend_p: float, compat: str | None,
) -> None:  # fmt: skip
    """Refuse settings outside their range, by name."""
    if periods > 1 and freq - 2 * half_window - 1 < periods - 1:
        raise ValueError("the weeks between the windows are too few for so many periods")
    if 2 * half_window + 1 > freq:
        raise ValueError("the windows are longer than a year")
    if weeks_excluded >= years_back * freq:
        raise ValueError("no week is left to compare with")
    if not weight_threshold > 0:
        raise ValueError(f"weight_threshold must be above 0, not {weight_threshold}")
    if not 0 < trend_p <= 1:
        raise ValueError(f"trend_p must lie above 0 and not above 1, not {trend_p}")
    if compat not in {None, "surveillance"}:
        raise ValueError(f'compat must be None or "surveillance", not {compat!r}')
