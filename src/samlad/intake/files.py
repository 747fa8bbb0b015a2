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
from pathlib import Path
from typing import Any

from samlad.intake import csv_file, police_events
from samlad.intake import mapping as mappings
from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.mapping import Mapping
from samlad.intake.rows import RawRow

CHUNK = 1 << 20
LARGEST_UNPACKED = 2 << 30
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class IncidentFile:
    """A readable file of incidents: where, its hash, encoding and reader."""

    path: Path
    name: str
    sha256: str
    encoding: str
    reader: str
    header: tuple[str, ...]

    @property
    def is_notices(self) -> bool:
        """Tell whether these are published police notices, never counted as offences."""
        return self.reader == police_events.VERSION

    def proposed_mapping(self) -> Mapping:
        """Return the mapping guessed for this file."""
        return police_events.MAPPING if self.is_notices else mappings.propose(self.header)

    @contextmanager
    def rows(self) -> Iterator[Iterator[RawRow]]:
        """Open the file and read its rows one by one."""
        read = police_events.read if self.is_notices else csv_file.read
        with _opened(self.path) as binary:
            text = io.TextIOWrapper(binary, encoding=self.encoding, newline="")
            yield read(text, name=self.name)[1]


def recognise(path: Path, *, name: str | None = None) -> IncidentFile:
    """Return what kind of file this is, after reading it through once.

    `name` is what the person calls it, where the path is a temporary one. The hash is of
    the bytes as they lie on disk. Raises `UnusableFile`.
    """
    name = name or path.name
    try:
        sha256, encoding, beginning = _read_through(path, name)
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile(FileFault.UNREADABLE, name=name) from error
    if police_events.looks_like(beginning):
        reader, read = police_events.VERSION, police_events.read
    else:
        reader, read = csv_file.VERSION, csv_file.read
    with _opened(path) as binary:
        text = io.TextIOWrapper(binary, encoding=encoding, newline="")
        header, rows = read(text, name=name)
        if next(rows, None) is None:
            raise UnusableFile(FileFault.NO_ROWS, name=name)
    return IncidentFile(path, name, sha256, encoding, reader, tuple(header))


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


def _read_through(path: Path, name: str) -> tuple[str, str, str]:
    """Return the SHA-256 of the file as it lies, its encoding, and its first characters."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with _opened(path) as file:
        first = file.read(CHUNK)
        if not first.strip():
            raise UnusableFile(FileFault.EMPTY, name=name)
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return sha256, "utf-16", first[:2000].decode("utf-16", "ignore")
        if b"\x00" in first[:CHUNK]:
            raise UnusableFile(FileFault.NOT_TEXT, name=name)
        encoding = "utf-8-sig"
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = first
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
                if file.tell() > LARGEST_UNPACKED:
                    raise UnusableFile(FileFault.TOO_LARGE, name=name)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "windows-1252"
    return sha256, encoding, first[:2000].decode(encoding, "ignore")
