"""Compiled fits of one seasonal factor and one trend; imported only where they run.

The levels of the season are disjoint, so X'WX has the form of an arrow: a diagonal of level
weights, one border for the trend. Solving it costs O(weeks + levels), and nothing is inverted.
"""

from __future__ import annotations

import numpy as np
from numba import njit

REFERENCE = 0  # the level of the season the tested week belongs to
MAX_ITERATIONS = 25
LEAST = -30.0  # log mean of weeks that cannot have any: below it divisions fail


@njit(cache=True)
def _solve(
    weight: np.ndarray, target: np.ndarray, time: np.ndarray, level: np.ndarray, sums: np.ndarray,
    trend: bool,
) -> tuple[float, float]:  # fmt: skip
    """Weighted least squares of target on level and time; return slope and its information.

    `sums` (3, n_levels) is filled with A (weights), B (weights x time) and the intercepts.
    """
    sums[:] = 0.0
    square = cross = 0.0
    for i in range(len(time)):
        w, at = weight[i], level[i]
        sums[0, at] += w
        sums[1, at] += w * time[i]
        sums[2, at] += w * target[i]
        square += w * time[i] * time[i]
        cross += w * time[i] * target[i]
    for at in range(sums.shape[1]):
        if sums[0, at] > 0:
            square -= sums[1, at] * sums[1, at] / sums[0, at]
            cross -= sums[1, at] * sums[2, at] / sums[0, at]
    slope = cross / square if trend and square > 0 else 0.0
    for at in range(sums.shape[1]):
        if sums[0, at] > 0:
            sums[2, at] = (sums[2, at] - sums[1, at] * slope) / sums[0, at]
    return slope, square


@njit(cache=True)
def _fit(
    y: np.ndarray, offset: np.ndarray, prior: np.ndarray, time: np.ndarray, level: np.ndarray,
    trend: bool, tolerance: float, mean: np.ndarray, weight: np.ndarray, sums: np.ndarray,
) -> tuple[float, float]:  # fmt: skip
    """Fit log mean = offset + level + slope * time by IRLS; return slope and information.

    `mean`, `weight` (of the last step) and `sums` are filled. Stops when the deviance changes
    by less than `tolerance` of itself.
    """
    n = len(y)
    target = np.empty(n)
    deviance = 0.0
    for i in range(n):
        mean[i] = y[i] + 0.1
        if y[i] > 0:
            deviance += 2 * prior[i] * (y[i] * np.log(y[i] / mean[i]) - (y[i] - mean[i]))
        else:
            deviance += 2 * prior[i] * mean[i]
    slope = information = 0.0
    for step in range(MAX_ITERATIONS):
        for i in range(n):
            weight[i] = prior[i] * mean[i]
            if step == 0:
                target[i] = np.log(mean[i]) - offset[i] + (y[i] - mean[i]) / mean[i]
            else:
                target[i] += (y[i] - mean[i]) / mean[i]
        slope, information = _solve(weight, target, time, level, sums, trend)
        before, deviance = deviance, 0.0
        for i in range(n):
            linear = max(sums[2, level[i]] + slope * time[i], LEAST)
            target[i] = linear
            mean[i] = np.exp(linear + offset[i])
            if y[i] > 0:
                deviance += 2 * prior[i] * (y[i] * np.log(y[i] / mean[i]) - (y[i] - mean[i]))
            else:
                deviance += 2 * prior[i] * mean[i]
        if abs(deviance - before) < tolerance * (abs(deviance) + 0.1):
            break
    return slope, information


@njit(cache=True)
def _dispersion(y: np.ndarray, mean: np.ndarray, weight: np.ndarray, freedom: int) -> float:
    """Return the weighed sum of squared working residuals over its degrees of freedom.

    With the weights of the last step this is Pearson's dispersion.
    """
    total = 0.0
    for i in range(len(y)):
        total += weight[i] * ((y[i] - mean[i]) / mean[i]) ** 2
    return total / freedom


@njit(cache=True)
def _down_weight(
    y: np.ndarray, mean: np.ndarray, weight: np.ndarray, time: np.ndarray, level: np.ndarray,
    sums: np.ndarray, information: float, trend: bool, dispersion: float, threshold: float,
    prior: np.ndarray,
) -> None:  # fmt: skip
    """Fill `prior` with the weights that past outbreaks get: s^-2 where s is above threshold.

    s is the standardised Anscombe residual (Farrington et al. 1996, sec. 3.6).
    """
    total = 0.0
    for i in range(len(y)):
        at = level[i]
        leverage = 1.0 / sums[0, at]
        if trend and information > 0:
            leverage += (time[i] - sums[1, at] / sums[0, at]) ** 2 / information
        leverage = min(weight[i] * leverage, 1.0 - 1e-12)
        residual = 1.5 * (y[i] ** (2 / 3) * mean[i] ** (-1 / 6) - mean[i] ** 0.5)
        residual /= (dispersion * (1.0 - leverage)) ** 0.5
        prior[i] = residual**-2 if residual > threshold else 1.0
        total += prior[i]
    for i in range(len(y)):
        prior[i] *= len(y) / total


@njit(cache=True)
def _predict(
    y: np.ndarray, offset: np.ndarray, time: np.ndarray, level: np.ndarray, n_used: int,
    trend: bool, threshold: float, tolerance: float, as_surveillance: bool, own_offset: float,
    scratch: np.ndarray, sums: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """Fit, down-weight, fit again; fill `out` with expected, dispersion, se, slope, t, and the
    dispersion of the first fit. Time is counted from the week predicted, so that its own is 0.
    """
    mean, weight, prior = scratch[0, : len(y)], scratch[1, : len(y)], scratch[2, : len(y)]
    freedom = len(y) - n_used - (1 if trend else 0)
    prior[:] = 1.0
    slope, information = _fit(y, offset, prior, time, level, trend, tolerance, mean, weight, sums)
    dispersion = max(_dispersion(y, mean, weight, freedom), 1.0)
    out[5] = dispersion
    _down_weight(
        y, mean, weight, time, level, sums, information, trend, dispersion, threshold, prior
    )
    slope, information = _fit(y, offset, prior, time, level, trend, tolerance, mean, weight, sums)
    dispersion = max(_dispersion(y, mean, weight, freedom), 1.0)
    variance = 1.0 / sums[0, REFERENCE]  # of the linear predictor, per unit of dispersion
    if trend and information > 0:
        variance += (sums[1, REFERENCE] / sums[0, REFERENCE]) ** 2 / information
    # R's release takes the outbreak weights for those of the last step, see `farrington`
    used = _dispersion(y, mean, prior, freedom) if as_surveillance else dispersion
    expected = np.exp(max(sums[2, REFERENCE], LEAST) + own_offset)
    out[0], out[1], out[2], out[3] = (
        expected,
        dispersion,
        expected * (variance * used) ** 0.5,
        slope,
    )
    out[4] = slope / (used / information) ** 0.5 if trend and information > 0 and used > 0 else 0.0


@njit(cache=True)
def _gather(
    counts: np.ndarray, log_exposure: np.ndarray, observed: np.ndarray, weeks: np.ndarray,
    levels: np.ndarray, totals: np.ndarray, heard: np.ndarray, at: int, as_surveillance: bool,
    y: np.ndarray,
    offset: np.ndarray, time: np.ndarray, level: np.ndarray,
) -> tuple[int, float]:  # fmt: skip
    """Fill the arrays with the weeks that are fitted; return how many, and the largest count.

    A level without incidents says nothing about the others; without any in the tested week's
    own level, or where too few weeks are left to fit, the season is left out.
    """
    weeks_fitted = used = 0
    for k in range(len(totals)):
        if totals[k] > 0:
            weeks_fitted += heard[k]
            used += 1
    seasonless = not as_surveillance and (totals[REFERENCE] == 0 or weeks_fitted < used + 2)
    n, largest = 0, 0.0
    for j in range(len(weeks)):
        week = weeks[j]
        if not observed[week]:
            continue
        if totals[levels[j]] == 0 and not seasonless and not as_surveillance:
            continue
        y[n], offset[n], time[n] = counts[week], log_exposure[week], week - at
        level[n] = REFERENCE if seasonless else levels[j]
        rescaled = 0.0 if as_surveillance else log_exposure[at] - log_exposure[week]
        largest = max(largest, y[n] * np.exp(rescaled))
        n += 1
    return n, largest


@njit(cache=True)
def fit_baselines(
    counts: np.ndarray, log_exposure: np.ndarray, observed: np.ndarray, weeks: np.ndarray,
    levels: np.ndarray, at: int, n_levels: int, threshold: float, tolerance: float,
    as_surveillance: bool, trend_allowed: bool, critical: np.ndarray, fewest: int,
) -> np.ndarray:  # fmt: skip
    """Predict week `at` of each series from its baseline `weeks`.

    Returns (n_series, 7): expected, dispersion, standard error of expected, trend kept,
    incidents in the baseline, log of its exposure, dispersion at full weights. NaN where fewer
    than `fewest` weeks or no week of the reference level was observed. `critical` is the t
    above which a trend counts, by degrees of freedom.
    """
    n_series, m = counts.shape[0], len(weeks)
    found = np.full((n_series, 7), np.nan)
    y, offset, time = np.empty(m), np.empty(m), np.empty(m)
    level = np.empty(m, dtype=np.int64)
    scratch, sums, out = np.empty((3, m)), np.empty((3, n_levels)), np.empty(6)
    totals, heard = np.zeros(n_levels), np.zeros(n_levels, dtype=np.int64)
    for s in range(n_series):
        totals[:], heard[:], exposure = 0.0, 0, 0.0
        for j in range(m):
            if observed[s, weeks[j]]:
                totals[levels[j]] += counts[s, weeks[j]]
                heard[levels[j]] += 1
                exposure += np.exp(log_exposure[s, weeks[j]])
        if not observed[s, at] or heard.sum() < fewest or heard[REFERENCE] == 0:
            continue
        found[s, 4], found[s, 5] = totals.sum(), np.log(exposure)
        if totals.sum() == 0:
            found[s, :4], found[s, 6] = (0.0, 1.0, 0.0, 0.0), 1.0
            continue
        n, largest = _gather(
            counts[s], log_exposure[s], observed[s], weeks, levels, totals, heard, at,
            as_surveillance, y, offset, time, level,
        )  # fmt: skip
        n_used = len(np.unique(level[:n]))
        if n - n_used - 1 < 1:
            continue
        trend = trend_allowed
        while True:
            _predict(
                y[:n], offset[:n], time[:n], level[:n], n_used, trend, threshold, tolerance,
                as_surveillance, log_exposure[s, at], scratch, sums, out,
            )  # fmt: skip
            if not trend or (abs(out[4]) > critical[n - n_used - 1] and out[0] <= largest):
                break
            trend = False
        found[s, :3], found[s, 3], found[s, 6] = out[:3], trend, out[5]
    return found
