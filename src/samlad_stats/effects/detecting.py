"""What could have been seen with so few incidents?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from samlad_stats._checks import check_level


@dataclass(frozen=True)
class DetectableChange:
    """The smallest fall and rise that would probably have been seen; NaN where none would."""

    fall: float
    rise: float


def detectable_change(
    *,
    count_before: float,
    exposure_ratio: float = 1.0,
    confidence_level: float = 0.95,
    power: float = 0.8,
) -> DetectableChange:
    """Say how large a change must be to be seen with so few incidents.

    Answers "if the exact test shows nothing, what could it have shown?".

    Parameters
    ----------
    count_before : float, > 0
        Incidents to expect in the period before [count].
    exposure_ratio : float, > 0
        Length of the period after over that before [dimensionless].
    confidence_level : float, 0 < level < 1
        Of the exact test that is to see it (`rates.rate_ratio`).
    power : float, 0 < power < 1
        How probable it must be that the test sees the change [proportion].

    Returns
    -------
    DetectableChange
        ``fall`` and ``rise`` as proportions of the rate before: 0.55 is 55 % fewer. To a
        percentage point. NaN where not even no incident at all, or twenty times as many,
        would be seen.

    Raises
    ------
    ValueError
        A number is not positive and finite, or a level outside (0, 1).

    Notes
    -----
    Both counts are taken as Poisson; more varying counts need a larger change. The test is
    the central one: each tail at half of 1 - level.

    Examples
    --------
    >>> detectable_change(count_before=40).fall, detectable_change(count_before=7).fall
    (0.55, nan)
    """
    for name, value in {"count_before": count_before, "exposure_ratio": exposure_ratio}.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be positive and finite, not {value}")
    check_level("confidence_level", confidence_level)
    check_level("power", power)
    tail = (1 - confidence_level) / 2
    falls = np.arange(1, 101) / 100
    rises = np.concatenate([np.arange(1, 100) / 100, np.arange(100, 1901, 5) / 100])

    def seen(change: float, *, fewer: bool) -> bool:
        ratio = 1 - change if fewer else 1 + change
        return _power(count_before, exposure_ratio, ratio, tail, fewer=fewer) >= power

    return DetectableChange(
        fall=_first(falls, lambda change: seen(change, fewer=True)),
        rise=_first(rises, lambda change: seen(change, fewer=False)),
    )


def _first(values: np.ndarray, holds: Callable[[float], bool]) -> float:
    """Return the first of rising values for which it holds, as it then does for all after."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if holds(float(values[middle])):
            high = middle
        else:
            low = middle + 1
    return float(values[low]) if low < len(values) else math.nan


def _power(
    before: float, exposure_ratio: float, ratio: float, tail: float, *, fewer: bool
) -> float:
    """Return the probability that the exact test sees a rate ratio, both counts Poisson."""
    mean_after = before * exposure_ratio * ratio
    total = _likely(before + mean_after)
    share = exposure_ratio / (1 + exposure_ratio)  # of the incidents after, if nothing changed
    true_share = mean_after / (before + mean_after)
    if fewer:
        most = stats.binom.ppf(tail, total, share)  # first count whose tail is over `tail`
        most = np.where(stats.binom.cdf(most, total, share) <= tail, most, most - 1)
        seen = stats.binom.cdf(most, total, true_share)
    else:
        least = stats.binom.isf(tail, total, share)
        seen = stats.binom.sf(least, total, true_share)
    return float(np.sum(stats.poisson.pmf(total, before + mean_after) * seen))


def _likely(mean: float) -> np.ndarray:
    """Return the totals a Poisson variable may have, 12 standard deviations to either side."""
    reach = 12 * math.sqrt(mean) + 30
    return np.arange(max(int(mean - reach), 0), int(mean + reach) + 1)
