"""Counts with their labels: what the streams hand to a picture. Pure arrays, no database."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from samlad_stats.times import aoristic

# A run of empty periods is silence, not zeros, when chance would give it less than once in
# a thousand at the source's own pace: exp(-run * pace) < 0.001.
SILENCE = 6.9
UNPLACED = -1
WEEK_HOURS = 168
ROWS_AT_ONCE = 20_000  # spread over their hours: 168 numbers each
POINT_DAYS = 364  # before the period's end: how far back single points are looked at
OUTSIDE = -2


@dataclass(frozen=True)
class SourceLabel:
    """A source of incidents, and the batches (hash prefixes) its rows came in."""

    code: str
    name: str
    kind: str = "reports"
    is_invented: bool = False
    batches: tuple[str, ...] = ()
    voluntary: bool = False


@dataclass(frozen=True)
class AreaLabel:
    """An area and the index of the one it is part of (None for the whole)."""

    code: str
    name: str
    parent: int | None = None
    population: int | None = None


@dataclass(frozen=True)
class CategoryLabel:
    """A category as it is counted; unknown words stand for themselves."""

    code: str
    label: str
    serious: bool = False


@dataclass(frozen=True)
class Bins:
    """Periods in time order, each from a day until (not including) another; gaps may be."""

    starts: tuple[date, ...]
    ends: tuple[date, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def index_of(self, ordinals: np.ndarray) -> np.ndarray:
        """Return each day's bin, or -1 in none. Days are proleptic ordinals (n,)."""
        starts = np.array([day.toordinal() for day in self.starts])
        ends = np.array([day.toordinal() for day in self.ends])
        if not len(starts):
            return np.full(len(ordinals), -1)
        found = np.searchsorted(starts, ordinals, side="right") - 1
        inside = (found >= 0) & (ordinals < ends[np.maximum(found, 0)])
        return np.where(inside, found, -1)


def span_hours(starts: datetime, ends: datetime | None) -> float:
    """Return how long after its start an incident may have happened, 0 where that is not said.

    Intervals of a week or more say nothing of the hour, and count as their start.
    """
    if ends is None:
        return 0.0
    hours = (ends - starts).total_seconds() / 3600
    return hours if 0 < hours < WEEK_HOURS else 0.0


def add_hours(
    hours: np.ndarray,
    category: np.ndarray,
    weekday: np.ndarray,
    hour: np.ndarray,
    span_hours: np.ndarray,
) -> None:
    """Add rows to (n_categories, 7, 24): at their hour, or spread over the hours they span.

    `weekday` (0 is Monday), `hour` (with its fraction) and `span_hours` (0 for a moment) (n,).
    """
    long = span_hours > 0
    np.add.at(hours, (category[~long], weekday[~long], hour[~long].astype(np.int64)), 1.0)
    if long.any():
        by_week = hours.reshape(len(hours), -1)
        for rows in np.array_split(np.flatnonzero(long), -(-int(long.sum()) // ROWS_AT_ONCE)):
            start = weekday[rows] * 24.0 + hour[rows]
            np.add.at(by_week, category[rows], aoristic(start, start + span_hours[rows]))


def weeks(first: date, ends_before: date) -> Bins:
    """Return the ISO weeks from the one that holds `first` until a Monday."""
    start = first - timedelta(first.weekday())
    number = max((ends_before - start).days // 7, 0)
    starts = [start + timedelta(7 * i) for i in range(number)]
    return Bins(tuple(starts), tuple(day + timedelta(7) for day in starts))


def months(first: date, ends_before: date) -> Bins:
    """Return the months from the one that holds `first` until the first of a month."""
    starts, day = [], first.replace(day=1)
    while day < ends_before:
        starts.append(day)
        day = (day + timedelta(32)).replace(day=1)
    ends = [(day + timedelta(32)).replace(day=1) for day in starts]
    return Bins(tuple(starts), tuple(ends))


@dataclass(frozen=True)
class Points:
    """Single incidents with a point, of the year before the period's end; in one fixed order.

    `x_m`, `y_m` [m, the municipality's metric system, no finer than the category allows],
    `day` [ordinals], `category` and `area` (indices of the table; `UNPLACED` in no part).
    """

    x_m: np.ndarray
    y_m: np.ndarray
    day: np.ndarray
    category: np.ndarray
    area: np.ndarray

    def of(self, category: int) -> Points:
        """Return those of one category."""
        chosen = self.category == category
        return Points(
            self.x_m[chosen], self.y_m[chosen], self.day[chosen],
            self.category[chosen], self.area[chosen],
        )  # fmt: skip


def points(
    *, x_m: np.ndarray, y_m: np.ndarray, day: np.ndarray, category: np.ndarray, area: np.ndarray
) -> Points:
    """Return points in order of day, place, category and area, whatever order they came in."""
    order = np.lexsort((area, category, y_m, x_m, day))
    return Points(x_m[order], y_m[order], day[order], category[order], area[order])


@dataclass(frozen=True)
class CountTable:
    """One source's counts by area, category and bin, each area holding its parts.

    `counts` (n_areas, n_categories, n_bins); `observed` (n_bins,) is False where the source
    was silent: missing, not zero. `hours` (n_categories, 7, 24) counts the rows with an
    hour of the day in the picture's period, `without_hour` those without one; a row known to
    lie between two times is spread over its hours. `points` are None where weeks are not known.
    `covered` (n_areas, n_categories) is where its organisation answers for zeros, None for
    everywhere; a voluntary source is `regular` where it has answered in most weeks.
    """

    source: SourceLabel
    areas: tuple[AreaLabel, ...]
    categories: tuple[CategoryLabel, ...]
    bins: Bins
    counts: np.ndarray
    observed: np.ndarray
    hours: np.ndarray
    without_hour: int = 0
    unplaced: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    outside: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    points: Points | None = None
    covered: np.ndarray | None = None
    regular: bool = True


def build(
    *,
    source: SourceLabel,
    areas: Sequence[AreaLabel],
    categories: Sequence[CategoryLabel],
    bins: Bins,
    area: np.ndarray,
    category: np.ndarray,
    bin_: np.ndarray,
    number: np.ndarray,
    hours: np.ndarray,
    without_hour: int = 0,
    first_is_whole: bool = True,
    points: Points | None = None,
) -> CountTable:
    """Return the table of rows given by index, `number` of equal ones at a time.

    `area` is an index, `UNPLACED` (counted for the whole only) or `OUTSIDE` (not counted).
    Rows in no bin are left out. The first area is the whole, and parts come after wholes.
    A first bin that is not whole (the source began within it) is counted but not observed.
    """
    shape = (len(areas), len(categories), len(bins))
    counts = np.zeros(shape, dtype=np.int64)
    kept = bin_ >= 0
    inside = kept & (area != OUTSIDE)
    np.add.at(
        counts,
        (np.maximum(area[inside], 0), category[inside], bin_[inside]),
        number[inside],
    )
    for index in range(len(areas) - 1, 0, -1):
        parent = areas[index].parent
        if parent is not None:
            counts[parent] += counts[index]

    def per_bin(rows: np.ndarray) -> np.ndarray:
        return np.bincount(bin_[rows], number[rows], len(bins)).astype(int)

    outside = per_bin(kept & (area == OUTSIDE))
    observed = observed_bins(counts[0].sum(axis=0) + outside)
    if not first_is_whole and len(observed) > 1:
        observed[0] = False
    return CountTable(
        source=source,
        areas=tuple(areas),
        categories=tuple(categories),
        bins=bins,
        counts=counts,
        observed=observed,
        hours=hours,
        without_hour=without_hour,
        unplaced=per_bin(kept & (area == UNPLACED)),
        outside=outside,
        points=points,
    )


def observed_bins(totals: np.ndarray) -> np.ndarray:
    """Return which bins the source reported in: not before its first row, nor in a silence.

    >>> observed_bins(np.array([0, 9, 8, 0, 0, 9, 10, 9])).tolist()
    [False, True, True, False, False, True, True, True]
    >>> observed_bins(np.array([1, 0, 0, 1, 0, 1])).all()
    np.True_
    """
    observed = np.zeros(len(totals), dtype=bool)
    reported = np.flatnonzero(totals)
    if not len(reported):
        return observed
    observed[reported[0] :] = True
    for _ in range(3):  # the pace depends on what is silence: a few rounds settle it
        pace = totals[observed].mean()
        settled = np.zeros(len(totals), dtype=bool)
        settled[reported[0] :] = True
        edges = [*reported.tolist(), len(totals)]
        for before, after in itertools.pairwise(edges):
            if (after - before - 1) * pace > SILENCE:
                settled[before + 1 : after] = False
        if (settled == observed).all():
            break
        observed = settled
    return observed
