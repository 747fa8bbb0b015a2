"""What may be said of two values of a series, and how sure. Pure: frozen rows in, rows out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from samlad.indicators.models import Unit

Z = 1.959963984540054  # of a 95 % interval
LENGTHS_ALIKE = 0.1  # periods that differ more in length are not alike


class Caution(StrEnum):
    """Why two values cannot simply be compared."""

    COUNTED_OTHERWISE = "counted_otherwise"
    OTHER_SOURCE = "other_source"
    OTHER_LENGTH = "other_length"
    OTHER_SEASON = "other_season"
    PRELIMINARY = "preliminary"
    NO_ERROR = "no_error"


@dataclass(frozen=True)
class Observation:
    """One value with what is needed to compare it; `n` answers, of a share."""

    value: float
    unit: str
    starts_on: date
    ends_before: date
    source: str
    counted_as: str = ""
    n: int | None = None
    is_preliminary: bool = False


@dataclass(frozen=True)
class Interval:
    """A share's 95 % interval [percent] and its half-width [percentage points]."""

    lower: float
    upper: float
    half_width: float


def share_interval(percent: float, n: int) -> Interval:
    """Return Wilson's 95 % interval of a share of n answers.

    Assumes that those asked were drawn by chance and that those who did not answer are like
    the others: with half of them silent the true uncertainty is larger.

    Raises `ValueError` unless 0 <= percent <= 100 and n >= 1.

    >>> round(share_interval(50, 200).half_width, 1), round(share_interval(50, 400).half_width, 1)
    (6.9, 4.9)
    """
    if not (0 <= percent <= 100 and n >= 1):
        raise ValueError("a share is 0-100 percent of at least one answer")
    p = percent / 100
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Interval(100 * (middle - half), 100 * (middle + half), 100 * half)


@dataclass(frozen=True)
class Change:
    """From one value to another: the difference, its percentage where that has a meaning.

    `is_established` is None where no error is known: then no word of certainty is used.
    """

    difference: float
    percent: float | None
    is_established: bool | None
    cautions: tuple[Caution, ...]


def change(before: Observation, after: Observation) -> Change:
    """Compare two values of one series: a comparison, never a proof of effect.

    Raises `ValueError` where their units differ.

    >>> summer = Observation(40, "antal", date(2017, 5, 1), date(2017, 9, 1), "kommunen", "fall")
    >>> next_ = Observation(7, "antal", date(2018, 5, 1), date(2018, 8, 8), "kommunen",
    ...                     "polisanmälningar")
    >>> found = change(summer, next_)
    >>> found.percent, [caution.value for caution in found.cautions]
    (-82.5, ['counted_otherwise', 'other_length', 'no_error'])
    """
    if before.unit != after.unit:
        raise ValueError("values in different units are not compared")
    cautions = []
    if before.counted_as != after.counted_as:
        cautions.append(Caution.COUNTED_OTHERWISE)
    if before.source != after.source:
        cautions.append(Caution.OTHER_SOURCE)
    lengths = [(one.ends_before - one.starts_on).days for one in (before, after)]
    if abs(lengths[0] - lengths[1]) > LENGTHS_ALIKE * max(lengths):
        cautions.append(Caution.OTHER_LENGTH)
    if max(lengths) < 360 and before.starts_on.month != after.starts_on.month:
        cautions.append(Caution.OTHER_SEASON)
    if before.is_preliminary or after.is_preliminary:
        cautions.append(Caution.PRELIMINARY)
    established = None
    if before.unit == Unit.SHARE and before.n and after.n:
        shares = [(one.value / 100, one.n) for one in (before, after) if one.n]
        error = 100 * math.sqrt(sum(p * (1 - p) / n for p, n in shares))
        established = abs(after.value - before.value) > Z * error
    else:
        cautions.append(Caution.NO_ERROR)
    percent = None
    if before.unit in {Unit.COUNT, Unit.RATE, Unit.KRONOR} and before.value:
        percent = round(100 * (after.value - before.value) / before.value, 1)
    return Change(after.value - before.value, percent, established, tuple(cautions))
