"""Speed measurements, one by one or from a file; a place is measured again, and compared.

What is measured is the outcome (speed, share over the limit). Controls and reports are what was
done, and stand in the log.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from samlad.indicators.rules import NotAllowed, Reason
from samlad.intake import plain_table
from samlad.organisations.models import Municipality
from samlad.places.models import Place

COLUMNS = ("plats", "från", "till", "gräns", "medel", "85-percentil", "andel över", "fordon")
NEEDED = ("plats", "från", "gräns", "medel", "andel över", "fordon")
LIMITS = (20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)
FASTEST = 250.0


class BadSpeedFile(ValueError):
    """The file cannot be used at all; `str()` is one sentence."""


@dataclass(frozen=True)
class Speed:
    """One measurement: km/h, share over the limit in percent, n vehicles; until before a day."""

    place: Place
    starts_on: date
    ends_before: date
    limit_kmh: int
    mean_kmh: float
    p85_kmh: float | None
    share_over: float
    vehicles: int


def check(one: Speed, today: date) -> None:
    """Raise `NotAllowed` unless a measurement can be."""
    if not one.starts_on < one.ends_before <= today + timedelta(1):
        raise NotAllowed(Reason.NO_PERIOD)
    speeds = [one.mean_kmh, *([one.p85_kmh] if one.p85_kmh is not None else [])]
    if one.limit_kmh not in LIMITS or not all(0 < speed < FASTEST for speed in speeds):
        raise NotAllowed(Reason.NOT_A_SPEED)
    if not 0 <= one.share_over <= 100:
        raise NotAllowed(Reason.NOT_A_SHARE)
    if one.vehicles < 1:
        raise NotAllowed(Reason.NOT_WHOLE)


def read(
    path: Path, municipality: Municipality, *, name: str, today: date
) -> tuple[list[Speed], list[tuple[int, str]]]:
    """Return the measurements of a file, and (row number, why) of what cannot be used.

    Columns: `COLUMNS`, in any order; places by their registered name; `till` is the last day, a
    week after the first where it is not said. Raises `BadSpeedFile`.
    """
    try:
        header, table = plain_table.read(path, name=name)
        columns = [one.strip().casefold() for one in header]
        missing = [one for one in NEEDED if one not in columns]
        if missing:
            raise BadSpeedFile(
                _("The file lacks the columns: %(names)s.") % {"names": ", ".join(missing)}
            )
        places = {
            one.name.casefold(): one for one in Place.objects.filter(municipality=municipality)
        }
        found: list[Speed] = []
        faults: list[tuple[int, str]] = []
        for number, raw in table:
            cells = dict(zip(columns, (value.strip() for value in raw), strict=False))
            if not any(cells.values()):
                continue
            try:
                one = _speed(cells, places)
                check(one, today)
            except (ValueError, OverflowError, NotAllowed) as fault:
                faults.append((number, str(fault)))
            else:
                found.append(one)
    except plain_table.NotATable as unreadable:
        raise BadSpeedFile(str(unreadable)) from unreadable
    return found, faults


def _speed(cells: dict[str, str], places: dict[str, Place]) -> Speed:
    place = places.get(cells.get("plats", "").casefold())
    if place is None:
        raise ValueError(_("There is no such place."))
    try:
        first = date.fromisoformat(cells.get("från", ""))
        last = date.fromisoformat(cells["till"]) if cells.get("till") else first + timedelta(6)
    except ValueError:
        raise ValueError(_("The day is not written as 2026-11-23.")) from None
    return Speed(
        place=place,
        starts_on=first,
        ends_before=last + timedelta(1),
        limit_kmh=int(_number(cells, "gräns")),
        mean_kmh=_number(cells, "medel"),
        p85_kmh=_number(cells, "85-percentil") if cells.get("85-percentil") else None,
        share_over=_number(cells, "andel över"),
        vehicles=int(_number(cells, "fordon")),
    )


def _number(cells: dict[str, str], name: str) -> float:
    text = cells.get(name, "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "").rstrip("%")
    if not re.fullmatch(r"\d{1,7}([.,]\d{1,4})?", text):
        raise ValueError(_("%(name)s is not a number.") % {"name": name.capitalize()})
    return float(text.replace(",", "."))
