"""Reader: an Excel workbook, its first visible sheet with rows.

The file is looked through before anything opens it, as its parts are unpacked and parsed:
its size as it really is, no document types or entities, no formulas, no links to other files,
and how far its cells reach. A sheet of up to 200,000 rows is read at once; a larger one, or
one whose cells lie far apart, is streamed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

import openpyxl
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.rows import MOST_COLUMNS, RawRow

VERSION = "xlsx 1"
READ_AT_ONCE = 200_000  # rows
LARGEST_AT_ONCE = 10_000_000  # cells of the rectangle the sheet spans
LARGEST_UNPACKED = 1 << 30
LARGEST_STRINGS = 150 << 20
LARGEST_CELL = 200_000  # bytes between two elements; Excel's own limit is 32,767 characters
MOST_PARTS = 10_000
CHUNK = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True)
class Sheet:
    """What looking through a workbook told: rows, the last row's number, and columns."""

    rows: int = 0
    last_row: int = 0
    columns: int = 0


def looks_like(beginning: bytes) -> bool:
    """Tell whether a file that begins so may be a workbook."""
    return beginning.startswith(b"PK\x03\x04")


def inspect(path: Path, *, name: str) -> Sheet:
    """Look a workbook through without opening it. Raises `UnusableFile`."""
    with _faults(name), zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            raise UnusableFile(FileFault.NOT_TEXT, name=name)
        if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_UNPACKED:
            raise UnusableFile(FileFault.TOO_LARGE, name=name)
        if any(part.startswith("xl/externalLinks/") for part in names):
            raise UnusableFile(FileFault.EXTERNAL_LINKS, name=name)
        left, found = LARGEST_UNPACKED, Sheet()
        for part in parts:
            with packed.open(part) as file:
                looked = _Part(part.filename, name)
                left -= looked.look_through(file, left)
            if looked.columns > MOST_COLUMNS:
                raise UnusableFile(FileFault.MANY_COLUMNS, name=name, columns=looked.columns)
            found = Sheet(
                max(found.rows, looked.rows),
                max(found.last_row, looked.last_row),
                max(found.columns, looked.columns),
            )
    return found


class _Part:
    """One part of a workbook, parsed for what it must not hold and how far its cells reach."""

    def __init__(self, part: str, name: str) -> None:
        self.rows = self.last_row = self.columns = 0
        self._name = name
        self._is_xml = part.endswith((".xml", ".rels", ".vml"))
        self._is_strings = part.endswith("sharedStrings.xml")
        self._is_sheet = False
        self._cell = "?"
        self._in_row = self._last_byte = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse_entities
        self._parser.EntityDeclHandler = self._refuse_entities

    def look_through(self, file: IO[bytes], left: int) -> int:
        """Return the part's unpacked size. Raises `UnusableFile`, or an error of expat."""
        size = 0
        limit = min(left, LARGEST_STRINGS) if self._is_strings else left
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise UnusableFile(FileFault.TOO_LARGE, name=self._name)
            if self._is_xml:
                self._parser.Parse(chunk, False)
        if self._is_xml:
            self._parser.Parse(b"", True)
        return size

    def _refuse_entities(self, *_: Any) -> None:
        raise UnusableFile(FileFault.ENTITIES, name=self._name)

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        if at - self._last_byte > LARGEST_CELL:
            raise UnusableFile(FileFault.LONG_LINE, name=self._name, row=self.last_row + 1)
        self._last_byte = at
        kind = element.rpartition(":")[2]
        if kind == "worksheet":
            self._is_sheet = True
        if not self._is_sheet:
            return
        if kind == "c":
            self._reach(attributes.get("r", ""))
        elif kind == "row":
            self.rows += 1
            self._in_row = 0
            said = attributes.get("r", "")
            self.last_row = max(
                self.last_row + 1, int(said) if said.isdecimal() and len(said) < 8 else 0
            )
        elif kind == "f":
            raise UnusableFile(FileFault.FORMULAS, name=self._name, cell=self._cell)

    def _reach(self, reference: str) -> None:
        """Note how far a cell lies: where it says, or one after the one before it."""
        self._in_row += 1
        found = _REFERENCE.fullmatch(reference)
        self._cell = reference or "?"
        if found:
            column = 0
            for letter in found[1]:
                column = 26 * column + ord(letter) - 64
            self._in_row = column
            self.last_row = max(self.last_row, int(found[2]))
        self.columns = max(self.columns, self._in_row)


@contextmanager
def _faults(name: str) -> Iterator[None]:
    """Turn whatever a broken workbook makes the readers say into one sentence."""
    try:
        yield
    except UnusableFile:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:  # a panic in the reader is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnusableFile(FileFault.BROKEN, name=name, row=1) from error


def read(path: Path, *, name: str, sheet: Sheet) -> tuple[list[str], Iterator[RawRow]]:
    """Return the header and the rows of the first visible sheet that has any.

    The header is the first row with at least two filled cells: titles above it are passed
    by. Raises `UnusableFile`.
    """
    with _faults(name):
        spans = sheet.last_row * max(sheet.columns, 1)
        at_once = sheet.last_row <= READ_AT_ONCE and spans <= LARGEST_AT_ONCE
        numbered: Iterator[tuple[int, Sequence[Any]]] = enumerate(
            _at_once(path) if at_once else _streamed(path), start=1
        )
        header: list[str] = []
        above: list[tuple[int, list[str]]] = []
        for number, values in numbered:
            cells = [cell(value) for value in values]
            filled = sum(map(bool, cells))
            if filled >= 2 or (filled == 1 and len(above) > 20):
                header = cells
                break
            if filled:
                above.append((number, cells))
        else:
            if not above:
                raise UnusableFile(FileFault.EMPTY, name=name)
            number, header = above[0]
            numbered = iter(above[1:])
    while header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise UnusableFile(FileFault.MANY_COLUMNS, name=name, columns=len(header))
    return header, _rows(numbered, len(header), name)


def _rows(numbered: Iterable[tuple[int, Sequence[Any]]], width: int, name: str) -> Iterator[RawRow]:
    with _faults(name):
        for number, values in numbered:
            cells = [cell(value) for value in values]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if any(cells):
                cells.extend([""] * (width - len(cells)))
                yield RawRow(number, cells)


def _at_once(path: Path) -> Iterator[Sequence[Any]]:
    workbook = CalamineWorkbook.from_path(str(path))
    for sheet in workbook.sheets_metadata:
        if sheet.visible != SheetVisibleEnum.Visible or sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        rows = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        if any(any(cell(value) for value in row) for row in rows):
            yield from rows
            return


def _streamed(path: Path) -> Iterator[Sequence[Any]]:
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            for blank, row in enumerate(rows):
                if any(value is not None for value in row):
                    yield from ([] for _ in range(blank))  # so that rows keep their numbers
                    yield row
                    yield from rows
                    return
    finally:
        workbook.close()


def cell(value: Any) -> str:
    """Return a cell's value as text: a day without a clock time is only a day.

    >>> cell(datetime(2026, 11, 14, 22, 30)), cell(datetime(2026, 11, 14)), cell(12.0)
    ('2026-11-14 22:30:00', '2026-11-14', '12')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, datetime):
        if value.microsecond >= 500_000:  # a day's fraction is not exact
            value += timedelta(seconds=1)
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return f"{value:%Y-%m-%d}" if midnight else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
