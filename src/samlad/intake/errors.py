"""What can be wrong with a file or a row: a reason in code, a sentence for people."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FileFault(StrEnum):
    """Why a whole file cannot be used."""

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NO_ROWS = "no_rows"
    NOT_TEXT = "not_text"
    BROKEN = "broken"
    NO_TIME_COLUMN = "no_time_column"
    UNKNOWN_COLUMN = "unknown_column"
    BAD_MAPPING = "bad_mapping"
    TOO_LARGE = "too_large"
    LONG_LINE = "long_line"
    MANY_COLUMNS = "many_columns"
    WRONG_SOURCE = "wrong_source"
    MOSTLY_OUTSIDE = "mostly_outside"
    NOTHING_ACCEPTED = "nothing_accepted"
    NOT_A_TABLE = "not_a_table"
    OLD_EXCEL = "old_excel"
    FORMULAS = "formulas"
    EXTERNAL_LINKS = "external_links"
    ENTITIES = "entities"
    ANOTHER_FILE = "another_file"
    NO_HEADER = "no_header"


class RowFault(StrEnum):
    """Why a row was rejected."""

    COLUMNS = "columns"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    ENDS_BEFORE_START = "ends_before_start"
    NO_CATEGORY = "no_category"
    BAD_COORDINATES = "bad_coordinates"
    BAD_NUMBER = "bad_number"
    BAD_COST = "bad_cost"
    BAD_CLOCK = "bad_clock"
    NOT_AN_EVENT = "not_an_event"
    UNKNOWN_SOURCE = "unknown_source"


FILE_FAULTS: dict[FileFault, str | Promise] = {
    FileFault.UNREADABLE: _("The file %(name)s cannot be read."),
    FileFault.EMPTY: _("The file %(name)s is empty."),
    FileFault.NO_ROWS: _("The file %(name)s has a header but no rows."),
    FileFault.NOT_TEXT: _(
        "%(name)s is not a file of rows: CSV, Excel (.xlsx), GeoJSON or the police's events."
    ),
    FileFault.BROKEN: _("%(name)s is broken at row %(row)s and was not read."),
    FileFault.NO_TIME_COLUMN: _(
        "No column of %(name)s looks like a time; say which with a mapping."
    ),
    FileFault.UNKNOWN_COLUMN: _("The mapping names the column '%(column)s', which %(name)s lacks."),
    FileFault.BAD_MAPPING: _("The mapping cannot be used: %(why)s."),
    FileFault.TOO_LARGE: _("%(name)s is too large to be read in one piece; divide it."),
    FileFault.LONG_LINE: _("Row %(row)s of %(name)s is longer than a row can be."),
    FileFault.MANY_COLUMNS: _("%(name)s has %(columns)s columns; that is no list of incidents."),
    FileFault.WRONG_SOURCE: _(
        "The police's published notices go to a source of their own and nothing else does: "
        "%(name)s belongs to another source."
    ),
    FileFault.MOSTLY_OUTSIDE: _(
        "%(outside)s of %(placed)s rows with coordinates lie outside the municipality. "
        "Is it the right file, and are the columns for north and east the right way round?"
    ),
    FileFault.NOT_A_TABLE: _("%(name)s is a %(what)s, not a table; save the list as CSV or .xlsx."),
    FileFault.OLD_EXCEL: _(
        "%(name)s is an old Excel file or has a password; save it as .xlsx without one."
    ),
    FileFault.FORMULAS: _(
        "%(name)s has formulas, the first in cell %(cell)s; paste the list as values and save."
    ),
    FileFault.EXTERNAL_LINKS: _(
        "%(name)s has links to other workbooks; paste the list as values into a new one."
    ),
    FileFault.ENTITIES: _("%(name)s has definitions that no spreadsheet writes; it was not read."),
    FileFault.NO_HEADER: _(
        "The first row of %(name)s must name the columns; one looks like personal data."
    ),
    FileFault.ANOTHER_FILE: _("%(name)s is not the same file as the one that was read."),
    FileFault.NOTHING_ACCEPTED: _("Not one row of %(name)s could be used; the first: %(why)s."),
}

ROW_FAULTS: dict[RowFault, str | Promise] = {
    RowFault.COLUMNS: _("The row has another number of columns than the header."),
    RowFault.NO_TIME: _("There is no time."),
    RowFault.BAD_TIME: _("The time cannot be read."),
    RowFault.ENDS_BEFORE_START: _("The end is before the start."),
    RowFault.NO_CATEGORY: _("There is no category."),
    RowFault.BAD_COORDINATES: _("The coordinates cannot be read."),
    RowFault.BAD_NUMBER: _("The number is no whole number from 1."),
    RowFault.BAD_COST: _("The cost is no whole number."),
    RowFault.BAD_CLOCK: _("The time of day cannot be read."),
    RowFault.NOT_AN_EVENT: _("The line is not an event."),
    RowFault.UNKNOWN_SOURCE: _("There is no source of that name to read the row into."),
}


class UnusableFile(ValueError):
    """A file that cannot be used; `str()` is one sentence."""

    def __init__(self, reason: FileFault, **details: Any) -> None:
        self.reason = reason
        self.details = details
        super().__init__(reason)

    def __str__(self) -> str:
        return str(FILE_FAULTS[self.reason]) % self.details
