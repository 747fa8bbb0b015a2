"""A file of indicator values: one row each, the columns by their Swedish names."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from samlad.indicators.models import Dimension, Direction, GeographyType, Unit

COLUMNS = (
    "serie", "geografityp", "geografi", "enhet", "slag", "riktning", "skala_min", "skala_max",
    "från", "till", "värde", "n", "svarsfrekvens", "preliminär", "källa", "räknat_som", "hämtad",
)  # fmt: skip
NEEDED = ("serie", "geografityp", "geografi", "enhet", "från", "värde", "källa")
LONGEST, MOST_ANSWERS = 20_000, 1_000_000_000


class BadSeriesFile(ValueError):
    """The file cannot be used at all."""


@dataclass(frozen=True)
class SeriesRow:
    """One row. Periods end before a day; n and response rate where they are known."""

    number: int
    name: str
    geography_type: str
    geography: str
    unit: str
    dimension: str
    direction: str
    scale_min: float | None
    scale_max: float | None
    starts_on: date
    ends_before: date
    value: float
    n: int | None
    response_rate: float | None
    is_preliminary: bool
    source: str
    counted_as: str
    retrieved_on: date


def read(content: bytes, *, today: date) -> tuple[list[SeriesRow], list[tuple[int, str]]]:
    """Return the rows that can be used, and (row number, why) of the others.

    UTF-8 (with or without a mark) or Windows-1252, comma or semicolon, decimal comma or point.
    Raises `BadSeriesFile` if a needed column is missing or the file is too long.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    fields = [name.strip().lower() for name in rows.fieldnames or []]
    missing = [name for name in NEEDED if name not in fields]
    if missing:
        raise BadSeriesFile(
            _("The first row must name these columns: %(names)s.") % {"names": ", ".join(missing)}
        )
    rows.fieldnames = fields
    good: list[SeriesRow] = []
    bad: list[tuple[int, str]] = []
    for number, row in enumerate(rows, start=2):
        if number > LONGEST:
            raise BadSeriesFile(_("The file is too long."))
        cells = {key: (cell or "").strip() for key, cell in row.items() if isinstance(key, str)}
        try:
            good.append(_row(number, cells, today))
        except ValueError as fault:
            bad.append((number, str(fault)))
    return good, bad


def _row(number: int, cells: dict[str, str], today: date) -> SeriesRow:
    if not cells["serie"] or not cells["källa"]:
        raise ValueError(_("A value needs the name of its series and its source."))
    starts_on, ends_before = _period(cells["från"], cells.get("till", ""))
    value = _number(cells["värde"])
    if value is None:
        raise ValueError(_("The value is missing."))
    n, answered = _number(cells.get("n", "")), _number(cells.get("svarsfrekvens", ""))
    if (n is not None and not 1 <= n < MOST_ANSWERS) or (
        answered is not None and not 0 <= answered <= 100
    ):
        raise ValueError(_("n is at least 1, and the response rate 0 to 100."))
    return SeriesRow(
        number=number,
        name=cells["serie"][:160],
        geography_type=_code(cells["geografityp"], GeographyType.values),
        geography=cells["geografi"][:120],
        unit=_code(cells["enhet"], Unit.values),
        dimension=_code(cells.get("slag") or Dimension.FACTUAL, Dimension.values),
        direction=_code(cells.get("riktning") or Direction.NEITHER, Direction.values),
        scale_min=_number(cells.get("skala_min", "")),
        scale_max=_number(cells.get("skala_max", "")),
        starts_on=starts_on,
        ends_before=ends_before,
        value=value,
        n=None if n is None else int(n),
        response_rate=answered,
        is_preliminary=cells.get("preliminär", "").lower() in {"ja", "1", "true", "x"},
        source=cells["källa"][:300],
        counted_as=cells.get("räknat_som", "")[:80],
        retrieved_on=_day(cells.get("hämtad", "")) or today,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(_("The day is not written as 2026-11-23.")) from None


def _code(word: str, known: list[str]) -> str:
    if word.lower() not in known:
        raise ValueError(
            _("%(word)s is not one of: %(known)s.") % {"word": word, "known": ", ".join(known)}
        )
    return word.lower()


def _number(text: str) -> float | None:
    text = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        found = float(text) if text else None
    except ValueError:
        found = math.nan
    if found is not None and not math.isfinite(found):
        raise ValueError(_("%(text)s is not a number.") % {"text": text})
    return found


def _period(first: str, last: str) -> tuple[date, date]:
    """Return a period from a year (2024), or from a first and a last day, both within it."""
    try:
        if len(first) == 4 and not last:
            return date(int(first), 1, 1), date(int(first) + 1, 1, 1)
        starts_on = date.fromisoformat(first)
        return starts_on, date.fromordinal(date.fromisoformat(last).toordinal() + 1)
    except ValueError:
        raise ValueError(_("Say the period as a year, or with a first and a last day.")) from None
