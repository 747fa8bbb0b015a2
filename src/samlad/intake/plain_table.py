"""A small table as people keep it, CSV or a spreadsheet's first sheet: its rows as they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from samlad.intake import xlsx_file

Rows = Iterator[tuple[int, list[str]]]


class NotATable(ValueError):
    """The file has no rows that can be read; `str()` is one sentence."""


def read(path: Path, *, name: str) -> tuple[list[str], Rows]:
    """Return the first row, and the others with their numbers; the first row is number 1.

    CSV may be UTF-8 or Windows-1252, with semicolons or commas. Raises `NotATable`.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(8)
        if xlsx_file.looks_like(beginning):
            sheet = xlsx_file.inspect(path, name=name)
            header, rows = xlsx_file.read(path, name=name, sheet=sheet)
            return header, ((row.number, list(row.cells)) for row in rows)
        content = path.read_bytes()
        if b"\0" in content:
            raise NotATable(_("The file is not text."))
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("windows-1252", errors="replace")
        head = text.split("\n", 1)[0]
        lines = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ","))
    except NotATable:
        raise
    except (ValueError, csv.Error, OSError) as error:
        raise NotATable(str(error)) from error
    if not lines:
        raise NotATable(_("The file is empty."))
    return lines[0], ((number, row) for number, row in enumerate(lines[1:], start=2))
