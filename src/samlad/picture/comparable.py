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
RECENT_WEEKS = 52


def season_matrix(mondays: tuple[date, ...], observed: np.ndarray, county: str) -> np.ndarray:
    """Return which weeks are comparable with which: (n, n) of 0 and 1, own year excluded.

    Row t marks the observed weeks of other years that week t may be compared with.
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
        for back in range(-reach, reach + 1):
            if back == 0:
                continue
            centre = years_after(thursdays[t], -back)
            guess = t + round((centre - thursdays[t]).days / 7)
            width = near.days // 7 + 1
            for b in range(max(guess - width, 0), min(guess + width + 1, n)):
                same = tags[b] == tags[t] and abs(thursdays[b] - centre) <= near
                if same and observed[b]:
                    marks[t, b] = 1.0
    return marks


def season_weights(
    marks: np.ndarray, observed: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return weights, past targets and past weights for the last `length` weeks.

    The period's own baseline lies before it; that of a past period may lie on either side,
    but never in the period itself. None where a week has nothing to be compared with.
    """
    n = len(observed)
    start = n - length
    earlier = marks.copy()
    earlier[:, start:] = 0.0  # the period predicts nothing
    rows = earlier.sum(axis=1, keepdims=True)
    shares = np.divide(earlier, rows, out=np.zeros_like(earlier), where=rows > 0)
    if (rows[start:] == 0).any():
        return None
    usable = (rows[:, 0] > 0) & observed
    return _windows(shares, usable, start, length, shares[start:].sum(axis=0))


def recent_weights(
    observed: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return the same three where the history is short: the last weeks, without season."""
    n = len(observed)
    start = n - length
    recent = observed.copy()
    recent[start:] = False
    recent[: max(start - RECENT_WEEKS, 0)] = False
    days = np.flatnonzero(recent)
    if len(days) < 2 * length:
        return None
    past_targets, past_weights = [], []
    for first in range(start - length + 1):
        inside = np.arange(first, first + length)
        others = recent.copy()
        others[inside] = False
        if recent[inside].all() and others.any():
            past_targets.append(np.isin(np.arange(n), inside).astype(float))
            past_weights.append(others * (length / others.sum()))
    if len(past_targets) < 3:
        return None
    weights = recent * (length / recent.sum())
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
