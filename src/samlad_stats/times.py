"""When in the week did it happen, for incidents known only to lie between two times?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

HOURS_A_WEEK = 168
SHORTEST = 1e-6  # hours: a shorter interval is a moment, to the precision of the numbers


def aoristic(start_hour: ArrayLike, end_hour: ArrayLike) -> np.ndarray:
    """Spread each incident over the hours of the week it may have happened in.

    Answers "at which hours of the week is this likely to happen?", not "when did this one
    happen?".

    Parameters
    ----------
    start_hour, end_hour : array_like of float, shape (n_incidents,)
        Earliest and latest time [hours since a Monday 00:00, any Monday], ``end_hour`` not
        before ``start_hour``. An interval may pass the end of a week and may be longer than one.

    Returns
    -------
    ndarray, shape (n_incidents, 168)
        Weight of each hour of the week (0 is Monday 00-01) [proportion]; every row sums to 1.
        An interval of zero length puts all of it in its hour, also at a whole hour.

    Raises
    ------
    ValueError
        Shapes differ, a time is not finite, or an interval ends before it starts.

    Notes
    -----
    Every moment of an interval is taken to be as likely as another [1]_. That fails for
    goods missed in the morning and taken while the owner slept; long intervals then flatten
    the picture. Say how many intervals are longer than a day.

    References
    ----------
    .. [1] Ratcliffe (2002), Journal of Quantitative Criminology 18, 23-43,
       doi:10.1023/A:1013240828824.

    Examples
    --------
    From Sunday 23:00 to Monday 01:00, half in each hour:

    >>> weights = aoristic([167], [169])
    >>> weights[0, [167, 0]]
    array([0.5, 0.5])
    """
    start = np.asarray(start_hour, dtype=np.float64)
    end = np.asarray(end_hour, dtype=np.float64)
    if start.ndim != 1 or start.shape != end.shape:
        raise ValueError("start_hour and end_hour must be one-dimensional and as long")
    if not (np.all(np.isfinite(start)) and np.all(np.isfinite(end))):
        raise ValueError("start_hour and end_hour must be finite")
    if np.any(end < start):
        raise ValueError("end_hour must not be before start_hour")
    base = np.floor(start / HOURS_A_WEEK) * HOURS_A_WEEK
    begin, finish = start - base, end - base  # 0 <= begin < 168
    hours = np.arange(HOURS_A_WEEK)
    spent = _time_in_hours(finish, hours) - _time_in_hours(begin, hours)
    weights = np.zeros((len(start), HOURS_A_WEEK))
    long = finish - begin > SHORTEST
    weights[long] = spent[long] / spent[long].sum(axis=1, keepdims=True)
    at = np.floor(begin[~long]).astype(np.int64) % HOURS_A_WEEK
    weights[np.flatnonzero(~long), at] = 1.0
    return weights


def _time_in_hours(until: np.ndarray, hours: np.ndarray) -> np.ndarray:
    """Return the time spent in each hour of the week from 0 up to `until`, (n, 168)."""
    weeks = np.floor(until / HOURS_A_WEEK)
    rest = (until - weeks * HOURS_A_WEEK)[:, None]
    return weeks[:, None] + np.clip(rest - hours[None, :], 0.0, 1.0)


def weekday_hour(weights: ArrayLike) -> np.ndarray:
    """Sum weights over incidents to the table people read: weekday by hour.

    Parameters
    ----------
    weights : array_like of float, shape (n_incidents, 168), >= 0
        As `aoristic` returns them [proportion], or multiples of them.

    Returns
    -------
    ndarray, shape (7, 24)
        Expected number of incidents by weekday (0 is Monday) and hour [count]. It sums to
        the sum of the weights.

    Raises
    ------
    ValueError
        The shape is another, or a weight is negative or not finite.

    Examples
    --------
    >>> float(weekday_hour(aoristic([22, 23.5], [26, 23.5])).sum())
    2.0
    """
    table = np.asarray(weights, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != HOURS_A_WEEK:
        raise ValueError("weights must have the shape (n_incidents, 168)")
    if not np.all(np.isfinite(table)) or np.any(table < 0):
        raise ValueError("weights must be finite and 0 or more")
    return table.sum(axis=0).reshape(7, 24)
