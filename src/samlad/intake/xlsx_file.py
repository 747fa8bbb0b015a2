"""Reader: an Excel workbook, its first visible sheet with rows.

The file is looked through before anything opens it: its unpacked size as it really is, no
document types or entities, no formulas, no links to other files. A sheet of up to 200,000
rows is read at once; a larger one is streamed.
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

import openpyxl
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.rows import MOST_COLUMNS, RawRow

VERSION = "xlsx 1"
READ_AT_ONCE = 200_000  # rows
LARGEST_AT_ONCE = 10_000_000  # cells of the rectangle the sheet spans
LARGEST_UNPACKED = 1 << 30
LARGEST_STRINGS = 256 << 20
MOST_PARTS = 10_000
CHUNK = 1 << 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb'<(?:\w+:)?row(?:\s[^>]*?)?(?:\sr="([0-9]{1,7})")?(?=[\s>/])')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_REFERENCE = re.compile(rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]{1,3}[0-9]{1,7})"')
_FAR_COLUMN = re.compile(rb'\sr="(?:AL[M-Z]|A[M-Z][A-Z]|[B-Z][A-Z][A-Z])[0-9]')  # after ALL
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """What looking through a workbook told: rows in the file, and the last row's number."""

    rows: int
    last_row: int


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
        left, rows, last = LARGEST_UNPACKED, 0, 0
        for part in parts:
            with packed.open(part) as file:
                found = _look_through(file, part.filename, left, name)
            left -= found[0]
            rows, last = max(rows, found[1]), max(last, found[2])
    return Sheet(rows, last)


def _look_through(file: IO[bytes], part: str, left: int, name: str) -> tuple[int, int, int]:
    """Return the bytes of one part, and its rows and last row if it is a sheet."""
    size = rows = last = 0
    is_xml = part.endswith((".xml", ".rels", ".vml"))
    is_sheet = _SHEET.fullmatch(part) is not None
    limit = min(left, LARGEST_STRINGS) if part == "xl/sharedStrings.xml" else left
    tail = b""
    while chunk := file.read(CHUNK):
        if size == 0 and is_xml and b"\x00" in chunk[:64]:
            raise UnusableFile(FileFault.BROKEN, name=name, row=1)  # UTF-16 hides entities
        size += len(chunk)
        if size > limit or len(tail) > CHUNK:
            raise UnusableFile(FileFault.TOO_LARGE, name=name)
        if not is_xml:
            continue
        held = tail + chunk
        cut = held.rfind(b">") + 1
        whole, tail = held[:cut], held[cut:]
        if _ENTITY.search(whole):
            raise UnusableFile(FileFault.ENTITIES, name=name)
        if is_sheet:
            _check_sheet(whole, name)
            for row in _ROW.finditer(whole):
                rows += 1
                last = max(last, int(row[1] or rows))
    return size, rows, last


def _check_sheet(whole: bytes, name: str) -> None:
    if _FAR_COLUMN.search(whole):
        raise UnusableFile(FileFault.MANY_COLUMNS, name=name, columns=MOST_COLUMNS)
    formula = _FORMULA.search(whole)
    if formula:
        before = _REFERENCE.findall(whole[: formula.start()])
        cell = before[-1].decode() if before else "?"
        raise UnusableFile(FileFault.FORMULAS, name=name, cell=cell)


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
        at_once = sheet.rows <= READ_AT_ONCE and sheet.last_row * 50 <= LARGEST_AT_ONCE
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
