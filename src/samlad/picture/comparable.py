"""Which earlier weeks a week may be compared with: by date and holiday, never by 52.

An ordinary week is compared with the ordinary weeks within three weeks of the same date in
other years; a holiday week only with the same holiday's, wherever it falls.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from samlad.calendar.holidays import holiday_of_week
from samlad.picture.periods import years_after

HALF_WINDOW = timedelta(days=24)  # three weeks either side of a Thursday
HOLIDAY_REACH = timedelta(days=45)  # Easter moves up to 35 days
RECENT_BINS = 13  # a quarter: longer, and the season itself looks like a change
FEWEST_RECENT = 4


def season_matrix(mondays: tuple[date, ...], observed: np.ndarray, county: str) -> np.ndarray:
    """Return which weeks a week is compared with: (n, n) of 0 and 1, earlier years only.

    Row t marks the observed weeks of earlier years that week t may be compared with. A
    holiday week without any is compared with the weeks of the same date.
    """
    n = len(mondays)
    tags = [holiday_of_week(monday, county=county) for monday in mondays]
    thursdays = [monday + timedelta(3) for monday in mondays]
    marks = np.zeros((n, n))
    years = sorted({day.isocalendar().year for day in mondays})
    if not years:
        return marks
    reach = years[-1] - years[0] + 1
    for t in range(n):
        near = HALF_WINDOW if tags[t] is None else HOLIDAY_REACH
        by_date = []
        for back in range(1, reach + 1):
            centre = years_after(thursdays[t], -back)
            guess = t + round((centre - thursdays[t]).days / 7)
            width = near.days // 7 + 1
            for b in range(max(guess - width, 0), min(guess + width + 1, t)):
                away = abs(thursdays[b] - centre)
                if observed[b] and away <= HALF_WINDOW:
                    by_date.append(b)
                if observed[b] and tags[b] == tags[t] and away <= near:
                    marks[t, b] = 1.0
        if not marks[t].any():
            marks[t, by_date] = 1.0
    return marks


def season_weights(
    marks: np.ndarray, observed: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return weights, past targets and past weights for the last `length` weeks.

    Every baseline lies in the years before what it predicts, so a level that drifts shows
    as dispersion. None where a week has nothing to be compared with.
    """
    n = len(observed)
    start = n - length
    rows = marks.sum(axis=1, keepdims=True)
    shares = np.divide(marks, rows, out=np.zeros_like(marks), where=rows > 0)
    if (rows[start:] == 0).any():
        return None
    usable = (rows[:, 0] > 0) & observed
    return _windows(shares, usable, start, length, shares[start:].sum(axis=0))


def recent_weights(
    observed: np.ndarray, length: int, *, most: int = RECENT_BINS, fewest: int = FEWEST_RECENT
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return the same three where the history is short: the last bins before, no season."""
    n = len(observed)

    def before(first: int) -> np.ndarray | None:
        bins = np.flatnonzero(observed[:first])[-most:]
        if len(bins) < max(fewest, length):
            return None
        weights = np.zeros(n)
        weights[bins] = length / len(bins)
        return weights

    weights = before(n - length)
    past_targets, past_weights = [], []
    for first in range(n - 2 * length + 1):
        inside = np.arange(first, first + length)
        past = before(first)
        if past is not None and observed[inside].all():
            past_targets.append(np.isin(np.arange(n), inside).astype(float))
            past_weights.append(past)
    if weights is None or len(past_targets) < 3:
        return None
    return weights, np.array(past_targets), np.array(past_weights)


def _windows(
    shares: np.ndarray, usable: np.ndarray, start: int, length: int, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    n = len(usable)
    past_targets, past_weights = [], []
    for first in range(start - length + 1):
        inside = slice(first, first + length)
        if usable[inside].all():
            target = np.zeros(n)
            target[inside] = 1.0
            past_targets.append(target)
            past_weights.append(shares[inside].sum(axis=0))
    if len(past_targets) < 3:
        return None
    return weights, np.array(past_targets), np.array(past_weights)
