"""Reader: Polisen's published events, as a JSON array or one JSON object a line.

Published notices, not statistics. The coordinates are the middle of a municipality or a
county and are never read as a place; the summary is not read at all. The time something
happened stands in the title ("06 juni 18.50, Trafikbrott, Kungsör"), the field `datetime`
is when it was published, and types may contain a comma.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.geojson_file import cell
from samlad.intake.json_items import NotJson, items
from samlad.intake.lines import lines
from samlad.intake.mapping import DEFAULT_TIMEZONE, Mapping
from samlad.intake.rows import RawRow

VERSION = "police events 2"
HEADER = ["id", "time", "type", "location", "url"]
MAPPING = Mapping(
    {
        "external_id": "id",
        "time": "time",
        "category": "type",
        "area": "location",
        "link": "url",
    },
    DEFAULT_TIMEZONE,
)
SITE = "https://polisen.se"
COUNTY = " län"
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_TITLE = re.compile(rf"^\s*(\d{{1,2}})\s+({'|'.join(MONTHS)})(?:\s+(\d{{1,2}})[.:](\d{{2}}))?\b")


def looks_like(beginning: str) -> bool:
    """Tell whether a file that begins so is one of police events."""
    return beginning.lstrip().startswith(("{", "["))


def read(text: IO[str], *, name: str) -> tuple[list[str], Iterator[RawRow]]:
    """Return the header and the events, read as they are asked for.

    Raises `UnusableFile`, the second part while the rows are read.
    """
    try:
        beginning = text.read(1)
        while beginning.isspace():
            beginning = text.read(1)
        text.seek(0)
    except (UnicodeError, OSError, EOFError) as error:
        raise UnusableFile(FileFault.BROKEN, name=name, row=1) from error
    return HEADER, _array(text, name) if beginning == "[" else _lines(text, name)


def _array(text: IO[str], name: str) -> Iterator[RawRow]:
    number = 0
    try:
        for event in items(text):
            number += 1
            yield _raw(number, event)
    except NotJson as error:
        raise UnusableFile(FileFault.BROKEN, name=name, row=number + 1) from error


def _lines(text: IO[str], name: str) -> Iterator[RawRow]:
    number = 0
    for whole in lines(text, name=name):
        if not whole.strip():
            continue
        number += 1
        try:
            event = json.loads(whole)
        except (ValueError, RecursionError):
            event = None
        yield _raw(number, event)


def _raw(number: int, event: Any) -> RawRow:
    """Return the event's cells; no cells at all if the line is not an event."""
    if not isinstance(event, dict):
        return RawRow(number, [])
    return RawRow(
        number,
        [
            _said(event, "id"),
            _time(_said(event, "datetime"), _said(event, "name")),
            _said(event, "type"),
            _municipality(event),
            _link(_said(event, "url")),
        ],
    )


def _said(event: dict[str, Any], key: str) -> str:
    value = event.get(key, "")
    return cell(value) if isinstance(value, (str, int)) else ""


def _municipality(event: dict[str, Any]) -> str:
    """Return where: the municipality, or the county if no more is said.

    From early 2026 `location` holds the county only, and the municipality stands last in
    the title ("12 februari 07.10, Trafikolycka, personskada, Bjuv").
    """
    location = event.get("location")
    named = _said(location, "name").strip() if isinstance(location, dict) else ""
    last = _said(event, "name").rsplit(",", 1)
    if (not named or named.endswith(COUNTY)) and len(last) == 2 and last[1].strip():
        return last[1].strip()
    return named


def _link(url: str) -> str:
    return SITE + url if url.startswith("/") else ""


def _time(published: str, title: str) -> str:
    """Return when it happened by the title, on the last such day up to publication.

    Without a time in the title it is the day there, or the day of publication: a night's
    summary has no hour of its own.
    """
    day = re.match(r"^(\d{4})-(\d{2})-(\d{2})", published)
    found = _TITLE.match(title)
    if day is None or found is None:
        return day[0] if day else published
    month = MONTHS.index(found[2]) + 1
    year = int(day[1]) - ((month, int(found[1])) > (int(day[2]), int(day[3])))
    try:
        happened = datetime(year, month, int(found[1]))  # noqa: DTZ001 - a day on the wall
    except ValueError:
        return day[0]
    clock = f" {found[3]}:{found[4]}" if found[3] else ""
    return f"{happened:%Y-%m-%d}{clock}"
