"""Reader: text with one row a line and a delimiter."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import IO

from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.lines import lines
from samlad.intake.rows import MOST_COLUMNS, RawRow

VERSION = "csv 2"
USUAL, UNUSUAL = ",;\t|", "~^¦§¬\x1f:"
MOST_BLANK_LINES = 10_000  # one after another
_SEPARATOR = re.compile(r"^sep=(.)\r?\n?$", re.IGNORECASE)  # Excel's own first line


def delimiter_of(first_line: str) -> str:
    """Return the delimiter that splits the header into most columns.

    >>> delimiter_of("Datum;Tid, ca;Typ"), delimiter_of("Datum~Typ")
    (';', '~')
    """

    def columns(mark: str) -> tuple[int, bool]:
        return len(next(csv.reader([first_line], delimiter=mark), [])), mark == ","

    best = max(USUAL, key=columns)
    return best if columns(best)[0] > 1 else max([*USUAL, *UNUSUAL], key=columns)


def read(text: IO[str], *, name: str) -> tuple[list[str], Iterator[RawRow]]:
    """Return the header and the rows, read as they are asked for.

    Raises `UnusableFile`, the second part while the rows are read.
    """
    read_lines = lines(text, name=name)
    first = next(read_lines, "")
    said = _SEPARATOR.match(first)
    if said:
        first = next(read_lines, "")
    if not first.strip():
        raise UnusableFile(FileFault.EMPTY, name=name)
    try:
        delimiter = said[1] if said else delimiter_of(first)
        header = [column.strip() for column in next(csv.reader([first], delimiter=delimiter))]
    except (csv.Error, TypeError, ValueError) as error:
        raise UnusableFile(FileFault.BROKEN, name=name, row=1) from error
    if len(header) > MOST_COLUMNS:
        raise UnusableFile(FileFault.MANY_COLUMNS, name=name, columns=len(header))
    reader = csv.reader(read_lines, delimiter=delimiter, strict=True)
    return header, _rows(reader, 2 if said else 1, name)


def _rows(reader: Iterator[list[str]], number: int, name: str) -> Iterator[RawRow]:
    try:
        blank = 0
        for cells in reader:
            number += 1
            blank = 0 if cells else blank + 1
            if blank > MOST_BLANK_LINES:
                raise UnusableFile(FileFault.BROKEN, name=name, row=number)
            if cells:
                yield RawRow(number, cells)
    except csv.Error as error:
        raise UnusableFile(FileFault.BROKEN, name=name, row=number + 1) from error
