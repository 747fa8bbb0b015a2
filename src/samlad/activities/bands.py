"""Counts of persons in bands: few are never counted out, and bands add to intervals.

The first band of people is 1-4: whoever is fewer than five may be known by name. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EDGES = (1, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Interval:
    """Between `low` and `high` persons; `high` None is without an upper end."""

    low: int
    high: int | None

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low}+"
        if self.low == self.high:
            return str(self.low)
        return f"{self.low}\N{EN DASH}{self.high}"


def bands() -> tuple[Interval, ...]:
    """Return none, and the bands, the smallest first.

    >>> [str(one) for one in bands()]
    ['0', '1–4', '5–9', '10–19', '20–49', '50–99', '100+']
    """
    highs = [edge - 1 for edge in EDGES[1:]]
    pairs = zip(EDGES, [*highs, None], strict=True)
    return (Interval(0, 0), *(Interval(low, high) for low, high in pairs))


def band_of(count: int) -> Interval:
    """Return the band a count lies in. Raises `ValueError` for a count below 0.

    >>> str(band_of(3)), str(band_of(150)), str(band_of(0))
    ('1–4', '100+', '0')
    """
    if count < 0:
        raise ValueError("a count is 0 or more")
    return next(one for one in bands() if one.high is None or count <= one.high)


def total(intervals: Iterable[Interval]) -> Interval:
    """Return what bands come to together.

    >>> str(total([Interval(1, 4), Interval(5, 9)]))
    '6–13'
    >>> str(total([Interval(1, 4), Interval(100, None)]))
    '101+'
    """
    rows = list(intervals)
    highs = [one.high for one in rows]
    known = [high for high in highs if high is not None]
    return Interval(sum(one.low for one in rows), sum(known) if len(known) == len(highs) else None)
