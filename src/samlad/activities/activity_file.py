"""Activities as a file, CSV or XLSX: the same columns in and out, one row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from samlad.activities.actions import SHIFT_KINDS, Entry, ShiftEntry
from samlad.activities.bands import Interval, band_of
from samlad.activities.models import Activity, ActivityKind
from samlad.activities.vocabulary import (
    Audience,
    Channel,
    Contact,
    Orientation,
    Recipient,
    ShiftRole,
    Theme,
    Topic,
)
from samlad.calendar.dayparts import Daypart
from samlad.guard import detecting, refusing
from samlad.intake import formulas, plain_table
from samlad.intake.sheets import Cell
from samlad.organisations.models import Organisation
from samlad.places.models import Area, Place

COLUMNS = (
    "nyckel", "datum", "slag", "rubrik", "område", "plats", "målgrupper", "inriktningar",
    "kanaler", "teman", "tillsammans", "deltagare", "utdelat", "kontroller", "rapporter",
    "timmar", "underlag", "roll", "dygnsdel", "kontakter", "ämnen", "hänvisningar",
)  # fmt: skip
OF_SHIFTS = COLUMNS[COLUMNS.index("roll") :]
LONGEST, MOST_HOURS = 20_000, 100_000


class BadActivityFile(ValueError):
    """The file cannot be used at all."""


@dataclass(frozen=True)
class Row:
    """A row that can be logged, with its key: the same file twice is logged once."""

    number: int
    key: UUID
    entry: Entry
    with_whom: tuple[Organisation, ...] = ()
    shift: ShiftEntry | None = None


class Fault(NamedTuple):
    """A row that cannot be logged: its number, why, and its cells as they stand."""

    number: int
    why: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """What the words of a file mean here, by the word in small letters."""

    kinds: Mapping[str, ActivityKind]
    areas: Mapping[str, Area]
    places: Mapping[str, Place]
    organisations: Mapping[str, Organisation]


def read(
    path: Path, names: Names, *, name: str, today: date, scope: str
) -> tuple[list[Row], list[Fault]]:
    """Return the rows that can be logged, and those that cannot with why, by row number.

    `scope` makes keys of rows without their own unlike those of other organisations. Equal rows
    are counted: two alike are two activities. Raises `BadActivityFile`.
    """
    try:
        header, table = plain_table.read(path, name=name)
        columns = [one.strip().casefold() for one in header]
        missing = [one for one in ("datum", "slag") if one not in columns]
        if missing:
            raise BadActivityFile(
                _("The file lacks the columns: %(names)s.") % {"names": ", ".join(missing)}
            )
        return _rows(columns, table, names, today, scope)
    except plain_table.NotATable as fault:
        raise BadActivityFile(str(fault)) from fault


def _rows(
    columns: list[str], table: plain_table.Rows, names: Names, today: date, scope: str
) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, raw in table:
        if number > LONGEST:
            raise BadActivityFile(_("The file has more than %(n)s rows.") % {"n": LONGEST})
        cells = dict(zip(columns, (value.strip() for value in raw), strict=False))
        if not any(cells.values()):
            continue
        try:
            entry = _entry(cells, names, today)
            shift = _shift(cells, entry.kind)
            with_whom = _organisations(cells.get("tillsammans", ""), names)
        except ValueError as fault:
            faults.append(Fault(number, str(fault), tuple(cells.get(c, "") for c in COLUMNS)))
            continue
        alike = "\x1f".join(cells.get(name, "") for name in COLUMNS if name not in OF_SHIFTS)
        if shift is not None:
            alike += "\x1f" + "\x1f".join(cells.get(name, "") for name in OF_SHIFTS)
        seen[alike] = seen.get(alike, 0) + 1
        key = _key(cells.get("nyckel", "")) or uuid5(
            NAMESPACE_URL, f"samlad-activity\x1f{scope}\x1f{alike}\x1f{seen[alike]}"
        )
        rows.append(Row(number, key, entry, with_whom, shift))
    return rows, faults


def _key(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadActivityFile(
            _("A key in the file is no key: %(text)s.") % {"text": text[:40]}
        ) from None


def _entry(cells: Mapping[str, str], names: Names, today: date) -> Entry:
    """Return a row's entry. Raises `ValueError` with a sentence."""
    try:
        on = date.fromisoformat(cells.get("datum", ""))
    except ValueError:
        raise ValueError(_("The day is not written as 2026-11-23.")) from None
    if on > today:
        raise ValueError(_("The day has not come."))
    kind = names.kinds.get(cells.get("slag", "").casefold())
    if kind is None:
        raise ValueError(_("There is no such kind of activity."))
    area = place = None
    if cells.get("område"):
        area = names.areas.get(cells["område"].casefold())
        if area is None:
            raise ValueError(_("There is no such area."))
    if cells.get("plats"):
        place = names.places.get(cells["plats"].casefold())
        if place is None:
            raise ValueError(_("There is no such place."))
    for name in ("rubrik", "underlag"):
        refusing.check(cells.get(name, ""))
        if detecting.find_hits(cells.get(name, "")):
            raise ValueError(_("%(name)s may point out a person.") % {"name": name.capitalize()})
    return Entry(
        kind=kind,
        on=on,
        what=formulas.plain(cells.get("rubrik", ""))[:160],
        area=area,
        place=place,
        audiences=_codes(cells.get("målgrupper", ""), Audience),
        orientations=_codes(cells.get("inriktningar", ""), Orientation),
        channels=_codes(cells.get("kanaler", ""), Channel),
        themes=_codes(cells.get("teman", ""), Theme),
        participants=_low(cells.get("deltagare", "")),
        handed_out=_count(cells.get("utdelat", "")),
        controls=_count(cells.get("kontroller", "")),
        reports=_count(cells.get("rapporter", "")),
        hours=_hours(cells.get("timmar", "")),
        evidence=formulas.plain(cells.get("underlag", ""))[:200],
    )


def _shift(cells: Mapping[str, str], kind: ActivityKind) -> ShiftEntry | None:
    """Return what a team saw, None of what is no shift. Raises `ValueError` with a sentence."""
    if not kind.is_shift:
        if any(cells.get(name) for name in OF_SHIFTS):
            raise ValueError(_("Role, part of the day and contacts are of shifts alone."))
        return None
    role, daypart = cells.get("roll", ""), cells.get("dygnsdel", "")
    if role not in ShiftRole.values or SHIFT_KINDS[ShiftRole(role)] != kind.code:
        raise ValueError(_("A shift says its role, and the kind is the role's."))
    if daypart not in list(Daypart):
        raise ValueError(_("A shift says its part of the day."))
    return ShiftEntry(
        role=ShiftRole(role),
        daypart=daypart,
        contacts=_counts(cells.get("kontakter", ""), Contact),
        topics=_counts(cells.get("ämnen", ""), Topic),
        referrals=_counts(cells.get("hänvisningar", ""), Recipient),
    )


def _counts(text: str, labels: type[TextChoices]) -> dict[str, int]:
    """Return counts by code, written as ``ny:1–4,grupp:5–9``: lower ends of bands."""
    pairs = [word.partition(":") for word in text.split(",") if word.strip()]
    _codes(",".join(code for code, _colon, _n in pairs), labels)
    return {code.strip(): _low(n.strip()) or 0 for code, _colon, n in pairs}


def _bands(counts: Mapping[str, int]) -> str:
    return ",".join(f"{code}:{band_of(low)}" for code, low in sorted(counts.items()))


def _organisations(text: str, names: Names) -> tuple[Organisation, ...]:
    found = []
    for word in (one.strip() for one in text.split(",")):
        if word and word.casefold() not in names.organisations:
            raise ValueError(_("There is no such organisation: %(name)s.") % {"name": word[:60]})
        if word:
            found.append(names.organisations[word.casefold()])
    return tuple(found)


def _codes(text: str, labels: type[TextChoices]) -> tuple[str, ...]:
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    unknown = [word for word in found if word not in labels.values]
    if unknown:
        raise ValueError(_("Unknown code: %(code)s.") % {"code": unknown[0][:40]})
    return found


def _low(text: str) -> int | None:
    """Return a count, or a band's lower end: a band is banded to itself again."""
    return _count(text.replace("+", "").split("\N{EN DASH}")[0].split("-")[0])


def _count(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 7:
        raise ValueError(_("A count is not a whole number: %(text)s.") % {"text": text[:20]})
    return int(text)


def _hours(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        hours = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValueError(_("Hours are not a number: %(text)s.") % {"text": text[:20]}) from None
    if not hours.is_finite() or not 0 <= hours < MOST_HOURS:
        raise ValueError(_("Hours are not a number: %(text)s.") % {"text": text[:20]})
    return hours.quantize(Decimal("0.01"))


def rejected(faults: Iterable[Fault]) -> str:
    """Return rows that were not logged as CSV, with why in a last column: to mend and take in."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS, "varför"])
    for fault in faults:
        if fault.cells:
            writer.writerow([*(formulas.safe(one) for one in fault.cells), fault.why])
    return file.getvalue()


def rows_of(activities: Iterable[Activity]) -> Iterator[list[Cell]]:
    """Return activities as rows that `read` takes in again, under `COLUMNS`."""
    for one in activities:
        low, high = one.participants_low, one.participants_high
        yield [
            str(one.key), one.on.isoformat(), one.kind.code, one.what,
            one.area.name if one.area else "", one.place.name if one.place else "",
            ",".join(one.audiences), ",".join(one.orientations), ",".join(one.channels),
            ",".join(one.themes), ", ".join(other.name for other in one.with_whom.all()),
            "" if low is None else str(Interval(low, high)),
            one.handed_out, one.controls, one.reports,
            None if one.hours is None else float(one.hours), one.evidence, *_of_shift(one),
        ]  # fmt: skip


def _of_shift(one: Activity) -> list[Cell]:
    shift = getattr(one, "shift", None)
    if shift is None:
        return [""] * len(OF_SHIFTS)
    return [
        shift.role, shift.daypart, _bands(shift.contacts), _bands(shift.topics),
        _bands(shift.referrals),
    ]  # fmt: skip
