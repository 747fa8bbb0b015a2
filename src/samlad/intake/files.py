"""A file on disk: what it is, its hash, its header and its rows as they are asked for."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from samlad.guard import refusing
from samlad.intake import csv_file, geojson_file, police_events, xlsx_file
from samlad.intake import mapping as mappings
from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.mapping import Mapping
from samlad.intake.rows import RawRow

CHUNK = 1 << 20
LARGEST_UNPACKED = 2 << 30
SAMPLE_ROWS, SAMPLE_CELL = 200, 200  # rows, and characters of a cell
MOST_PACKED, PACKED_FROM = 300, 64 << 20  # so many times smaller, above so many bytes
ROW_COLUMN, REASON_COLUMN = "rad i filen", "skäl till avvisning"  # more in rejected rows
GZIP = b"\x1f\x8b"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NOT_TABLES = {b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF"}
# What stands once in each row of a text of this kind: to know about how many there are.
ROW_MARKS = {
    csv_file.VERSION: b"\n",
    geojson_file.VERSION: b'"Feature"',
    police_events.VERSION: b'"datetime"',
}


@dataclass(frozen=True)
class IncidentFile:
    """A readable file of incidents: where, its hash, encoding and reader.

    `sample` is the cells of the first 200 rows; `about_rows` how many there are, roughly.
    """

    path: Path
    name: str
    sha256: str
    encoding: str
    reader: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = ()
    about_rows: int = 0
    sheet: xlsx_file.Sheet | None = None

    @property
    def is_notices(self) -> bool:
        """Tell whether these are published police notices, never counted as offences."""
        return self.reader == police_events.VERSION

    @property
    def shape(self) -> str:
        """Return what files of the same kind have in common: the reader and the header."""
        own = {ROW_COLUMN, REASON_COLUMN}
        columns = "\x1f".join([self.reader.split()[0], *(c for c in self.header if c not in own)])
        return hashlib.sha256(columns.casefold().encode()).hexdigest()

    def proposed_mapping(self) -> Mapping:
        """Return the mapping guessed for this file."""
        if self.is_notices:
            return police_events.MAPPING
        return mappings.propose(self.header, self.sample)

    @contextmanager
    def rows(self) -> Iterator[Iterator[RawRow]]:
        """Open the file and read its rows one by one."""
        with _opened_rows(self.path, self.name, self.reader, self.encoding, self.sheet) as found:
            yield found[1]


def recognise(path: Path, *, name: str | None = None) -> IncidentFile:
    """Return what kind of file this is, after reading it through once.

    What it is shows in its content, not in its name. `name` is what the person calls it,
    where the path is a temporary one; it is kept without personal data. The hash is of the
    bytes as they lie on disk.
    Raises `UnusableFile`.
    """
    name = refusing.without_people(name or path.name)
    sheet = None
    try:
        with path.open("rb") as file:
            beginning = file.read(8)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        _check_kind(beginning, name)
        if xlsx_file.looks_like(beginning):
            sheet = xlsx_file.inspect(path, name=name)
            encoding, reader, about = "", xlsx_file.VERSION, sheet.rows
        else:
            encoding, reader, about = _read_through(path, name)
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile(FileFault.UNREADABLE, name=name) from error
    with _opened_rows(path, name, reader, encoding, sheet) as (header, rows):
        sample = tuple(
            tuple(cell[:SAMPLE_CELL] for cell in row.cells) for row in islice(rows, SAMPLE_ROWS)
        )
    if not sample:
        raise UnusableFile(FileFault.NO_ROWS, name=name)
    return IncidentFile(path, name, sha256, encoding, reader, tuple(header), sample, about, sheet)


def _check_kind(beginning: bytes, name: str) -> None:
    if beginning.startswith(OLD_EXCEL):
        raise UnusableFile(FileFault.OLD_EXCEL, name=name)
    for magic, what in NOT_TABLES.items():
        if beginning.startswith(magic):
            raise UnusableFile(FileFault.NOT_A_TABLE, name=name, what=what)


@contextmanager
def _opened_rows(
    path: Path, name: str, reader: str, encoding: str, sheet: xlsx_file.Sheet | None
) -> Iterator[tuple[list[str], Iterator[RawRow]]]:
    if sheet is not None:
        yield xlsx_file.read(path, name=name, sheet=sheet)
        return
    module = {
        csv_file.VERSION: csv_file,
        geojson_file.VERSION: geojson_file,
        police_events.VERSION: police_events,
    }[reader]
    with _opened(path) as binary:
        text = io.TextIOWrapper(binary, encoding=encoding, newline="")
        yield module.read(text, name=name)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        zipped = file.read(2) == GZIP
        file.seek(0)
        if zipped:
            with gzip.open(file) as unpacked:
                yield unpacked
        else:
            yield file


def _read_through(path: Path, name: str) -> tuple[str, str, int]:
    """Return the encoding of a text, its reader, and about how many rows it has."""
    with _opened(path) as file:
        first = file.read(CHUNK)
        if not first.strip():
            raise UnusableFile(FileFault.EMPTY, name=name)
        wide = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if b"\x00" in first and not wide:
            raise UnusableFile(FileFault.NOT_TEXT, name=name)
        encoding = "utf-16" if wide else "utf-8-sig"
        reader = _reader(first[:4000].decode(encoding, "ignore"))
        mark = ROW_MARKS[reader]
        decoder = codecs.getincrementaldecoder("utf-8")()
        rows, chunk = 0, first
        while chunk:
            rows += chunk.count(mark)
            if encoding == "utf-8-sig":
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    encoding = "windows-1252"
            chunk = file.read(CHUNK)
            unpacked = file.tell()
            packed_hard = unpacked > max(PACKED_FROM, MOST_PACKED * path.stat().st_size)
            if unpacked > LARGEST_UNPACKED or packed_hard:
                raise UnusableFile(FileFault.TOO_LARGE, name=name)
        if encoding == "utf-8-sig" and decoder.getstate()[0]:
            encoding = "windows-1252"  # it ends in the middle of a character
    return encoding, reader, rows


def _reader(beginning: str) -> str:
    if geojson_file.looks_like(beginning):
        return geojson_file.VERSION
    if police_events.looks_like(beginning):
        return police_events.VERSION
    return csv_file.VERSION
