"""What a reader and a mapping make of a file: rows and rejections, in the file's order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from samlad.intake.errors import RowFault

MOST_COLUMNS = 1000


class Note(StrEnum):
    """What was seen in a row that was read all the same. Shown, never put right by guessing."""

    MISSING_HOUR = "missing_hour"
    DOUBLED_HOUR = "doubled_hour"
    ZERO_POINT = "zero_point"
    FUTURE = "future"


class Precision(StrEnum):
    """How well a time is known."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as the file has it. `number` counts the header as 1, as a spreadsheet does."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as understood.

    `starts` and `ends` are local clock time without zone; `x`, `y` are in the mapping's
    reference system (x is east or longitude); `fingerprint` is equal for rows with equal cells.
    `text`, `place` and `area` are as the file has them: no guard has seen them yet.
    """

    number: int
    starts: datetime
    ends: datetime | None
    precision: Precision
    category: str
    x: float | None
    y: float | None
    area: str
    place: str
    external_id: str
    quantity: int
    police_reported: bool | None
    cost_kr: int | None
    link: str
    fingerprint: bytes
    text: str = ""
    source: str = ""
    property_owner: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that could not be understood, and why. Its content is not kept."""

    number: int
    reason: RowFault
