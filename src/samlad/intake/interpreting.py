"""A raw row and a mapping give a row or a rejection: nothing else, and nothing is guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from samlad.intake import times
from samlad.intake.errors import FileFault, RowFault, UnusableFile
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Precision, RawRow, Rejection, Row

YES = frozenset({"1", "ja", "j", "yes", "y", "true", "sant", "x"})
NO = frozenset({"0", "nej", "n", "no", "false", "falskt"})
UNCATEGORISED = "Okategoriserad"
_NUMBER = re.compile(r"^(\d+)\s*(?:st\.?)?$")
LARGEST = {"number": 100_000, "cost": 1_000_000_000}


class _Refused(Exception):
    def __init__(self, reason: RowFault) -> None:
        self.reason = reason


class Interpreter:
    """Understands the rows of one file by one mapping.

    Raises `UnusableFile` if the mapping has no time or names a column the file lacks.
    """

    def __init__(self, mapping: Mapping, header: Sequence[str], *, name: str) -> None:
        positions = {column: i for i, column in reversed(list(enumerate(header)))}
        for column in mapping.columns.values():
            if column not in positions:
                raise UnusableFile(FileFault.UNKNOWN_COLUMN, column=column, name=name)
        if "time" not in mapping.columns:
            raise UnusableFile(FileFault.NO_TIME_COLUMN, name=name)
        self._width = len(header)
        self._at = {meaning: positions[c] for meaning, c in mapping.columns.items()}
        self._zone = mapping.zone
        across, up = ("lon", "lat") if "lat" in self._at else ("x", "y")
        self._across, self._up = self._at.get(across), self._at.get(up)

    def rows(self, raw: Iterable[RawRow]) -> Iterator[Row | Rejection]:
        """Return every raw row as a row or a rejection, in order."""
        for row in raw:
            try:
                yield self._understood(row)
            except _Refused as refusal:
                yield Rejection(row.number, refusal.reason)

    def _understood(self, raw: RawRow) -> Row:
        cells = raw.cells
        if len(cells) != self._width:
            raise _Refused(RowFault.COLUMNS)
        starts, ends, precision = self._when(cells)
        x, y = self._where(cells)
        category = UNCATEGORISED
        if "category" in self._at:
            category = " ".join(cells[self._at["category"]].split())
            if not category:
                raise _Refused(RowFault.NO_CATEGORY)
        quantity = self._whole(cells, "number")
        return Row(
            number=raw.number,
            starts=starts,
            ends=ends,
            precision=precision,
            category=category,
            x=x,
            y=y,
            area=self._text(cells, "area"),
            place=self._text(cells, "place"),
            external_id=self._text(cells, "external_id"),
            quantity=1 if quantity is None else quantity,
            police_reported=self._answer(cells, "police_reported"),
            cost_kr=self._whole(cells, "cost"),
            link=self._text(cells, "link"),
            fingerprint=blake2b("\x1f".join(cells).encode(), digest_size=16).digest(),
        )

    def _text(self, cells: list[str], meaning: str) -> str:
        position = self._at.get(meaning)
        return "" if position is None else cells[position].strip()

    def _when(self, cells: list[str]) -> tuple[datetime, datetime | None, Precision]:
        written = cells[self._at["time"]]
        if not written.strip():
            raise _Refused(RowFault.NO_TIME)
        parsed = times.parse(written, self._zone)
        if parsed is None:
            raise _Refused(RowFault.BAD_TIME)
        starts, precision = parsed
        written_end = self._text(cells, "ends")
        if not written_end:
            return starts, None, precision
        end = times.parse(written_end, self._zone)
        if end is None:
            raise _Refused(RowFault.BAD_TIME)
        if end[0] < starts:
            raise _Refused(RowFault.ENDS_BEFORE_START)
        if end[0] == starts:
            return starts, None, precision
        return starts, end[0], Precision.INTERVAL

    def _where(self, cells: list[str]) -> tuple[float | None, float | None]:
        if self._across is None or self._up is None:
            return None, None
        across, up = cells[self._across].strip(), cells[self._up].strip()
        if not across and not up:
            return None, None
        try:
            x, y = float(across.replace(",", ".")), float(up.replace(",", "."))
        except ValueError:
            raise _Refused(RowFault.BAD_COORDINATES) from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise _Refused(RowFault.BAD_COORDINATES)
        if x == 0 and y == 0:
            return None, None  # how systems write that they do not know
        return x, y

    def _whole(self, cells: list[str], meaning: str) -> int | None:
        written = self._text(cells, meaning).replace("\u00a0", "").replace(" ", "")
        if not written:
            return None
        found = _NUMBER.match(written.lower().removesuffix("kr"))
        if found is None or int(found[1]) > LARGEST[meaning]:
            raise _Refused(RowFault.BAD_NUMBER)
        return int(found[1])

    def _answer(self, cells: list[str], meaning: str) -> bool | None:
        written = self._text(cells, meaning).casefold()
        if written in YES:
            return True
        return False if written in NO else None
