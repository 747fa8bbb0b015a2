"""The rejected rows of a file as the same kind of file, with the reason: made, never kept.

Samlad keeps a rejected row's number and reason, not its content. So the person sends the file
once more; if every byte is the same, its rejected rows come back, without what the guard
refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from samlad.guard import refusing
from samlad.incidents.models import Batch
from samlad.intake import files, sheets
from samlad.intake.errors import ROW_FAULTS, FileFault, RowFault, UnusableFile
from samlad.intake.files import REASON_COLUMN, ROW_COLUMN, IncidentFile
from samlad.intake.sheets import Cell, Form

TAKEN_OUT = ""


def write(batch: Batch, sent: Path, out: Path, *, name: str = "") -> tuple[Form, int]:
    """Write the rejected rows of the file sent again; return the form and how many.

    Raises `UnusableFile` if it is not the file the batch was read from.
    """
    file = files.recognise(sent, name=name or batch.file_name)
    if file.sha256 != batch.sha256:
        raise UnusableFile(FileFault.ANOTHER_FILE, name=file.name)
    form = _form(file)
    header = [*file.header, ROW_COLUMN, REASON_COLUMN]
    return form, sheets.write(out, form, _columns(form, header), _rejected(batch, file))


def _form(file: IncidentFile) -> Form:
    kind = file.reader.split()[0]
    return Form(kind) if kind in set(Form) else Form.CSV


def _columns(form: Form, header: list[str]) -> list[str]:
    """Return the columns as the form writes them: GeoJSON's point has names of its own."""
    named = {"latitude": sheets.LATITUDE, "longitude": sheets.LONGITUDE}
    return [named.get(c, c) for c in header] if form is Form.GEOJSON else header


def _rejected(batch: Batch, file: IncidentFile) -> Iterator[list[Cell]]:
    reasons = dict(batch.rejections.values_list("row_number", "reason"))
    with file.rows() as raw:
        for row in raw:
            if row.number in reasons:
                cells: list[Cell] = [_without_people(cell) for cell in row.cells]
                width = len(file.header)
                cells = [*cells[:width], *[""] * (width - len(cells))]
                yield [*cells, row.number, str(ROW_FAULTS[RowFault(reasons[row.number])])]


def _without_people(cell: str) -> str:
    return TAKEN_OUT if refusing.certain_kinds(cell) else cell
