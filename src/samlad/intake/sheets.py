"""Rows to a file: CSV, XLSX or GeoJSON, which read in again as they are.

Safe in a spreadsheet: a text that would be taken for a formula gets an apostrophe before it,
which the reader takes away again.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from samlad.intake.formulas import is_formula, safe

Cell = str | int | float | None
LATITUDE, LONGITUDE = "latitud", "longitud"
MOST_XLSX_ROWS = 1_048_576 - 1  # what a sheet holds, without the header
MOST_CELL_CHARACTERS = 32_767


class Form(StrEnum):
    """The kinds of file written."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"


class TooManyRows(ValueError):
    """The form cannot hold so many rows: an error, never a file cut short."""


def write(path: Path, form: Form, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a file and return how many rows it has.

    In GeoJSON the columns `latitud` and `longitud` become the point. Raises `TooManyRows`.
    """
    if form is Form.CSV:
        return _csv(path, header, rows)
    return _xlsx(path, header, rows) if form is Form.XLSX else _geojson(path, header, rows)


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    number = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([safe(name) for name in header])
        for row in rows:
            writer.writerow([_written(value) for value in row])
            number += 1
    return number


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    return repr(value).replace(".", ",") if isinstance(value, float) else str(value)


def _xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Samlad")
    sheet.freeze_panes = "A2"
    for column, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = max(12, len(name) + 4)
    sheet.append([_xlsx_cell(sheet, name) for name in header])
    number = 0
    try:
        for row in rows:
            number += 1
            if number > MOST_XLSX_ROWS:
                raise TooManyRows
            sheet.append([_xlsx_cell(sheet, value) for value in row])
    except TooManyRows:
        sheet.close()
        raise
    workbook.save(path)
    return number


def _xlsx_cell(sheet: object, value: Cell) -> object:
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", safe(value))
    if len(text) > MOST_CELL_CHARACTERS:
        raise TooManyRows
    if not is_formula(text):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _geojson(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    number = 0
    names = [name for name in header if name not in {LATITUDE, LONGITUDE}]
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for row in rows:
            values = dict(zip(header, row, strict=True))
            longitude, latitude = values.get(LONGITUDE), values.get(LATITUDE)
            placed = isinstance(longitude, float) and math.isfinite(longitude)
            feature = {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [longitude, latitude]}
                if placed
                else None,
                "properties": {name: values[name] for name in names},
            }
            file.write(",\n" if number else "\n")
            json.dump(feature, file, ensure_ascii=False)
            number += 1
        file.write("\n]}\n")
    return number
