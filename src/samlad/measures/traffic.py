"""Which places are prioritised for traffic controls: ranked by one written rule. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

PLACES = 10
VEHICLES_AT_LEAST = 200
OLDEST = timedelta(days=730)


@dataclass(frozen=True)
class Measured:
    """The last measurement of a place: km/h, share over the limit [percent], n vehicles."""

    place_id: int
    place: str
    on: date
    limit_kmh: int
    mean_kmh: float
    share_over: float
    vehicles: int


@dataclass(frozen=True)
class Ranked:
    """A place with its rank, 1 the first, and the measurement it rests on."""

    rank: int
    measured: Measured

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        kept = asdict(self.measured)
        return {"rank": self.rank, **kept, "on": self.measured.on.isoformat()}


def rank(measured: Iterable[Measured], *, today: date, most: int = PLACES) -> list[Ranked]:
    """Return the places in order: share over the limit, then mean speed over it, then name.

    A measurement of fewer than `VEHICLES_AT_LEAST` vehicles, or older than two years, ranks none.

    >>> day = date(2026, 9, 1)
    >>> rows = [
    ...     Measured(1, "A", day, 40, 38.0, 30.0, 900), Measured(2, "B", day, 40, 44.0, 61.0, 900),
    ...     Measured(3, "C", day, 30, 33.0, 61.0, 900), Measured(4, "D", day, 40, 60.0, 99.0, 12),
    ... ]
    >>> [(one.rank, one.measured.place) for one in rank(rows, today=date(2026, 11, 1))]
    [(1, 'B'), (2, 'C'), (3, 'A')]
    """
    usable = [
        one for one in measured if one.vehicles >= VEHICLES_AT_LEAST and today - one.on <= OLDEST
    ]
    usable.sort(key=lambda one: (-one.share_over, one.limit_kmh - one.mean_kmh, one.place))
    return [Ranked(number, one) for number, one in enumerate(usable[:most], start=1)]
