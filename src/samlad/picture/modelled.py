"""Weeks against a model of season and trend: improved Farrington, from four years of history.

A holiday week is left to the rung below, which compares it with the same holiday's weeks: the
model knows the season by the week's place in the year alone.
"""

from __future__ import annotations

import numpy as np

from samlad_stats.aberrations import farrington
from samlad_stats.baselines import BaselineComparison, compare_with_prediction

WEEKS_NEEDED = 211  # four years and the three weeks of the first window
WEEKS_A_YEAR, FEWEST_YEARS, MOST_YEARS = 52, 4, 5
HALF_WINDOW, PERIODS, EXCLUDED = 3, 10, 26  # weeks, levels of the season, weeks
# Weekly counts have heavier tails than a negative binomial's: with these degrees of freedom
# chance reaches p as often as p says, at means of 0.1 to 30 a week (log-normal levels).
DEGREES = 8.0
UNSEEN = 0.5  # prior count [incidents] of a baseline nothing happened in


def compare(
    counts: np.ndarray, observed: np.ndarray, *, length: int, at: np.ndarray | None = None
) -> BaselineComparison | None:
    """Return the comparison of the last `length` weeks, or of the weeks `at` with length 1.

    `counts` (n_series, n_weeks); with `at` the fields have the shape (n_series * n_at,), series
    by series. None where the history is too short, or too little of it was heard.
    """
    freq, half_window, periods, excluded = WEEKS_A_YEAR, HALF_WINDOW, PERIODS, EXCLUDED
    if length > 1:
        counts, observed = _blocks(counts, observed, length)
        freq, half_window = WEEKS_A_YEAR // length, 1
        periods, excluded = PERIODS // 2, -(-EXCLUDED // length)
    weeks = np.array([counts.shape[1] - 1]) if at is None else at
    years = min((int(weeks.min()) - half_window) // freq, MOST_YEARS)
    if years < FEWEST_YEARS:
        return None
    found = farrington(
        counts,
        at=weeks.tolist(),
        observed=observed,
        freq=freq,
        years_back=years,
        half_window=half_window,
        periods=periods,
        weeks_excluded=excluded,
    )
    if np.isnan(found.expected).any():
        return None
    least = UNSEEN / (years * freq)
    return compare_with_prediction(
        counts[:, weeks].ravel(),
        expected=np.maximum(found.expected, least).ravel(),
        standard_error=found.standard_error.ravel(),
        dispersion=found.dispersion_all.ravel(),
        degrees=DEGREES,
    )


def _blocks(counts: np.ndarray, observed: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sums of blocks of weeks counted back from the last, and which were heard whole."""
    n = counts.shape[1] // length
    first = counts.shape[1] - n * length
    blocks = counts[:, first:].reshape(len(counts), n, length).sum(axis=2)
    return blocks, observed[first:].reshape(n, length).min(axis=1)
