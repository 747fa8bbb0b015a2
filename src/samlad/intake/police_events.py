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
from samlad.intake.lines import lines
from samlad.intake.mapping import DEFAULT_TIMEZONE, Mapping
from samlad.intake.rows import RawRow

VERSION = "police events 1"
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
LARGEST_ARRAY = 64_000_000  # characters; more comes as one object a line
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_TITLE = re.compile(rf"^\s*(\d{{1,2}})\s+({'|'.join(MONTHS)})(?:\s+(\d{{1,2}})[.:](\d{{2}}))?\b")


def looks_like(beginning: str) -> bool:
    """Tell whether a file that begins so is one of police events."""
    return beginning.lstrip().startswith(("{", "["))


def read(text: IO[str], *, name: str) -> tuple[list[str], Iterator[RawRow]]:
    """Return the header and the events, read as they are asked for."""
    try:
        beginning = text.read(1)
        while beginning.isspace():
            beginning = text.read(1)
        whole = text.read(LARGEST_ARRAY + 1) if beginning == "[" else ""
    except UnicodeError as error:
        raise UnusableFile(FileFault.BROKEN, name=name, row=1) from error
    if len(whole) > LARGEST_ARRAY:
        raise UnusableFile(FileFault.TOO_LARGE, name=name)
    if beginning == "[":
        try:
            events = json.loads("[" + whole)
        except (ValueError, RecursionError) as error:
            raise UnusableFile(FileFault.BROKEN, name=name, row=1) from error
        return HEADER, (_raw(number, event) for number, event in enumerate(events, start=1))
    return HEADER, _lines(beginning, text, name)


def _lines(beginning: str, text: IO[str], name: str) -> Iterator[RawRow]:
    number = 0
    for line in lines(text, name=name):
        whole, beginning = beginning + line, ""
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
    location = event.get("location")
    return RawRow(
        number,
        [
            str(event.get("id", "")),
            _time(str(event.get("datetime", "")), str(event.get("name", ""))),
            str(event.get("type", "")),
            str(location.get("name", "")) if isinstance(location, dict) else "",
            _link(str(event.get("url", ""))),
        ],
    )


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
