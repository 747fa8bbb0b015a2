"""A raw row and a mapping give a row or a rejection: nothing else, and nothing is guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from samlad.intake import formulas, times
from samlad.intake.errors import FileFault, RowFault, UnusableFile
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Note, Precision, RawRow, Rejection, Row

YES = frozenset({"1", "ja", "j", "yes", "y", "true", "sant", "x"})
NO = frozenset({"0", "nej", "n", "no", "false", "falskt"})
UNCATEGORISED = "Okategoriserad"
_OWN_ID = re.compile(r"^samlad:([0-9a-f]{32})$")
_SPAN = re.compile(r"\s+(?:-|–|till)\s+|/(?=\d{4}-)", re.IGNORECASE)
_NUMBER = re.compile(r"^([0-9]{1,10})\s*(?:st\.?)?$")
LARGEST = {"number": 100_000, "cost": 1_000_000_000}
SMALLEST = {"number": 1, "cost": 0}


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
        x, y, zero = self._where(cells)
        category = UNCATEGORISED
        if "category" in self._at:
            category = " ".join(self._text(cells, "category").split())
            if not category:
                raise _Refused(RowFault.NO_CATEGORY)
        quantity = self._whole(cells, "number")
        external_id, fingerprint = self._identity(cells)
        notes = self._clock_notes(starts, precision)
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
            external_id=external_id,
            quantity=1 if quantity is None else quantity,
            police_reported=self._answer(cells, "police_reported"),
            cost_kr=self._whole(cells, "cost"),
            link=self._text(cells, "link"),
            fingerprint=fingerprint,
            text=self._text(cells, "text"),
            source=self._text(cells, "source"),
            property_owner=self._text(cells, "property_owner"),
            notes=(*notes, Note.ZERO_POINT) if zero else notes,
        )

    def _identity(self, cells: list[str]) -> tuple[str, bytes]:
        """Return the supplier's id and the row's fingerprint.

        What Samlad has exported carries the fingerprint of the row it was read from, so that
        it is known again in another shape.
        """
        written = self._text(cells, "external_id")
        own = _OWN_ID.match(written)
        if own:
            return "", bytes.fromhex(own[1])
        whole = "\x1f".join(cells).encode("utf-8", "replace")
        return written, blake2b(whole, digest_size=16).digest()

    def _clock_notes(self, starts: datetime, precision: Precision) -> tuple[Note, ...]:
        if precision in {Precision.DAY, Precision.MONTH} or not times.has_change(
            starts.date(), self._zone
        ):
            return ()
        if times.is_missing_hour(starts, self._zone):
            return (Note.MISSING_HOUR,)
        return (Note.DOUBLED_HOUR,) if times.is_doubled_hour(starts, self._zone) else ()

    def _text(self, cells: list[str], meaning: str) -> str:
        position = self._at.get(meaning)
        if position is None:
            return ""
        text = cells[position].strip().replace("\x00", "")
        return formulas.plain(text)

    def _when(self, cells: list[str]) -> tuple[datetime, datetime | None, Precision]:
        written = self._text(cells, "time")
        if not written:
            raise _Refused(RowFault.NO_TIME)
        written_end = self._text(cells, "ends")
        parsed = times.parse(written, self._zone)
        if parsed is None and not written_end and len(written) < times.LONGEST:
            written, written_end = [*_SPAN.split(written, 1), ""][:2]
            parsed = times.parse(written, self._zone) if written_end else None
        if parsed is None:
            raise _Refused(RowFault.BAD_TIME)
        starts, precision = self._at_clock(cells, *parsed)
        if not written_end and (until := self._clock_until(cells, starts, precision)):
            return starts, until, Precision.INTERVAL
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

    def _at_clock(
        self, cells: list[str], starts: datetime, precision: Precision
    ) -> tuple[datetime, Precision]:
        """Return the day with the time of day of a column of its own."""
        written = self._text(cells, "clock")
        if not written or precision is not Precision.DAY:
            return starts, precision
        clock = times.parse_clock(times.clock_parts(written)[0])
        if clock is None:
            raise _Refused(RowFault.BAD_CLOCK)
        hour, minute = clock
        known = Precision.HOUR if minute is None else Precision.MINUTE
        return starts.replace(hour=hour, minute=minute or 0), known

    def _clock_until(
        self, cells: list[str], starts: datetime, precision: Precision
    ) -> datetime | None:
        """Return the end of "21–23" in a column of times of day, or None for a single time."""
        parts = times.clock_parts(self._text(cells, "clock"))
        if len(parts) < 2 or precision not in {Precision.HOUR, Precision.MINUTE}:
            return None
        clock = times.parse_clock(parts[1])
        if clock is None:
            raise _Refused(RowFault.BAD_CLOCK)
        until = starts.replace(hour=clock[0], minute=clock[1] or 0)
        return until if until > starts else until + timedelta(days=1)

    def _where(self, cells: list[str]) -> tuple[float | None, float | None, bool]:
        """Return x, y, and whether they were written as nought and nought."""
        if self._across is None or self._up is None:
            return None, None, False
        across, up = cells[self._across].strip(), cells[self._up].strip()
        if not across and not up:
            return None, None, False
        try:
            x, y = float(across.replace(",", ".")), float(up.replace(",", "."))
        except ValueError:
            raise _Refused(RowFault.BAD_COORDINATES) from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise _Refused(RowFault.BAD_COORDINATES)
        if x == 0 and y == 0:
            return None, None, True  # how systems write that they do not know
        return x, y, False

    def _whole(self, cells: list[str], meaning: str) -> int | None:
        written = self._text(cells, meaning).replace("\u00a0", "").replace(" ", "")
        if not written:
            return None
        found = _NUMBER.match(written.lower().removesuffix(":-").removesuffix("kr"))
        if found is None or not SMALLEST[meaning] <= int(found[1]) <= LARGEST[meaning]:
            raise _Refused(RowFault.BAD_COST if meaning == "cost" else RowFault.BAD_NUMBER)
        return int(found[1])

    def _answer(self, cells: list[str], meaning: str) -> bool | None:
        written = self._text(cells, meaning).casefold()
        if written in YES:
            return True
        return False if written in NO else None
