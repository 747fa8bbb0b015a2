"""Comparing two rates."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from samlad_stats._checks import check_counts, check_level


@dataclass(frozen=True)
class RateRatio:
    """A rate ratio with its exact interval and two-sided p-value for ratio = 1."""

    ratio: float
    lower: float
    upper: float
    pvalue: float


def rate_ratio(
    *,
    count_before: int,
    exposure_before: float,
    count_after: int,
    exposure_after: float,
    confidence_level: float = 0.95,
) -> RateRatio:
    """Compare the incident rate after a measure with the rate before it.

    Answers "did the rate change?", not "did the measure cause it?".

    Parameters
    ----------
    count_before, count_after : int, >= 0
        Recorded incidents [count] in each period. One offence type, one area; an incident
        is counted in exactly one period.
    exposure_before, exposure_after : float, > 0
        Population at risk times length of period [person-years]. Any unit will do as long
        as both use the same one: it cancels.
    confidence_level : float, 0 < level < 1
        Coverage of the interval [proportion].

    Returns
    -------
    RateRatio
        ``ratio`` = (count_after / exposure_after) / (count_before / exposure_before)
        [dimensionless]; 1 is no change, 0.8 is 20 % lower. ``ratio`` and ``upper`` are
        ``inf`` when ``count_before`` is 0. ``pvalue`` is two-sided for ratio = 1.

    Raises
    ------
    ValueError
        A count is negative or not whole, an exposure is not positive and finite, the level
        is outside (0, 1), or both counts are zero: the data then say nothing, and the
        caller reports "too few incidents".

    Notes
    -----
    Given n = count_before + count_after, count_after is Binomial(n, p) with odds
    p / (1 - p) = ratio * exposure_after / exposure_before [1]_. The interval is the
    Clopper-Pearson interval for p [2]_, carried over to the ratio: exact for Poisson
    counts, hence conservative. Repeat incidents make real counts vary more than Poisson;
    the interval is then too narrow.

    References
    ----------
    .. [1] Przyborowski & Wilenski (1940), Biometrika 31, 313-323. doi:10.2307/2332612
    .. [2] Clopper & Pearson (1934), Biometrika 26, 404-413. doi:10.1093/biomet/26.4.404

    Examples
    --------
    Street robberies fell from 40 to 24 over two equally long periods:

    >>> change = rate_ratio(count_before=40, exposure_before=10_000,
    ...                     count_after=24, exposure_after=10_000)
    >>> f"{change.ratio:.2f} ({change.lower:.2f} to {change.upper:.2f})"
    '0.60 (0.35 to 1.02)'
    """
    before = int(check_counts("count_before", count_before))
    after = int(check_counts("count_after", count_after))
    for name, exposure in (("before", exposure_before), ("after", exposure_after)):
        if not (math.isfinite(exposure) and exposure > 0):
            raise ValueError(f"exposure_{name} must be positive and finite, not {exposure}")
    check_level("confidence_level", confidence_level)
    total = before + after
    if total == 0:
        raise ValueError("both counts are zero: too few incidents to compare")

    exposure_ratio = exposure_after / exposure_before
    share_if_unchanged = exposure_ratio / (1 + exposure_ratio)  # p at ratio = 1, [1]
    test = stats.binomtest(after, total, share_if_unchanged)
    share = test.proportion_ci(confidence_level, method="exact")  # [2]
    ratio = math.inf if before == 0 else after / before / exposure_ratio
    return RateRatio(
        ratio=ratio,
        lower=_odds(float(share.low)) / exposure_ratio,
        upper=_odds(float(share.high)) / exposure_ratio,
        pvalue=float(test.pvalue),
    )


def _odds(share: float) -> float:
    return math.inf if share >= 1 else share / (1 - share)
