"""Which column means what. Proposed from the header, corrected by a person, kept as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from samlad.intake import evidence, times
from samlad.intake.errors import FileFault, UnusableFile

DEFAULT_TIMEZONE = times.STOCKHOLM
DEFAULT_CRS = "EPSG:4326"

# What a column may mean, and the headers it is proposed for, in order of preference.
MEANINGS: dict[str, tuple[str, ...]] = {
    "time": (
        "occurred_at", "tidpunkt", "händelsetid", "datum och tid", "datum", "händelsedatum",
        "inträffat", "inträffade", "starttid", "start", "från", "datetime", "timestamp", "tid",
        "time", "date", "rapporterad", "inkom", "inkommen", "anmäld", "skapad", "registrerad",
        "created", "day", "dag", "month", "månad",
    ),
    "clock": ("klockslag", "klockan", "kl", "tid på dygnet", "starttid", "tid", "hour", "timme"),
    "ends": ("ends_at", "sluttid", "slut", "till", "end", "ends"),
    "category": (
        "category", "kategori", "händelsetyp", "brottstyp", "crime type", "type", "typ",
        "ärendetyp", "felkategori", "händelse", "rubrik", "offence", "mci_category",
    ),
    "lat": ("lat", "latitude", "latitud"),
    "lon": ("lon", "lng", "long", "longitude", "longitud"),
    "x": ("x", "easting", "east", "e", "sweref_e", "öst", "x_m"),
    "y": ("y", "northing", "north", "n", "sweref_n", "nord", "y_m"),
    "area": ("area", "område", "kommundel", "stadsdel", "tätort", "ort", "kommun"),
    "place": ("place", "plats", "platsnamn", "objekt", "fastighet", "anläggning", "adress",
              "gatuadress", "plats/adress", "adress/plats"),
    "external_id": (
        "external_id", "id", "crime id", "ärendenummer", "ärende-id", "ärendeid", "diarienummer",
        "event_unique_id", "case number", "löpnummer", "nr", "ärende",
    ),
    "text": (
        "text", "beskrivning", "fritext", "kommentar", "kommentarer", "anteckning",
        "anteckningar", "notering", "noteringar", "detaljer", "vad hände", "description", "summary",
    ),
    "number": ("number", "antal", "count"),
    "cost": ("cost", "kostnad", "skadekostnad", "kostnad kr"),
    "police_reported": ("police_reported", "polisanmäld", "polisanmält", "polisanmälan"),
    "property_owner": ("property_owner", "ägare", "fastighetsägare"),
    "source": ("source", "källa"),
    "link": ("link", "url", "länk"),
}  # fmt: skip
PAIRS = (("lat", "lon"), ("x", "y"))
KEYS = frozenset({"timezone", "crs", "columns"})


@dataclass(frozen=True)
class Mapping:
    """Columns by meaning, the time zone of the clock times, the CRS of the coordinates."""

    columns: dict[str, str] = field(default_factory=dict)
    timezone: str = DEFAULT_TIMEZONE
    crs: str = DEFAULT_CRS

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone."""
        return times.zone_named(self.timezone)

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is written in a file."""
        return {"timezone": self.timezone, "crs": self.crs, "columns": dict(self.columns)}


def from_json(document: Any) -> Mapping:
    """Return the mapping a JSON document states.

    Raises `UnusableFile` saying what is wrong with it.
    """
    if not isinstance(document, AnyMapping):
        raise _bad("it must be an object with 'columns'")
    columns = document.get("columns")
    unknown = sorted(set(document) - KEYS)
    if unknown:
        raise _bad(f"'{unknown[0]}' is not one of {', '.join(sorted(KEYS))}")
    if not isinstance(columns, AnyMapping):
        raise _bad("'columns' must be an object: meaning to column name")
    for meaning, column in columns.items():
        if meaning not in MEANINGS:
            raise _bad(f"'{meaning}' is not one of {', '.join(MEANINGS)}")
        if not isinstance(column, str):
            raise _bad(f"the column for '{meaning}' must be text")
    used = {meaning: column for meaning, column in columns.items() if column}
    timezone = document.get("timezone") or DEFAULT_TIMEZONE
    crs = document.get("crs") or DEFAULT_CRS
    if not isinstance(timezone, str) or not isinstance(crs, str):
        raise _bad("'timezone' and 'crs' must be text")
    try:
        times.zone_named(timezone)
    except ValueError as error:
        raise _bad(str(error)) from error
    for first, second in PAIRS:
        if (first in used) != (second in used):
            raise _bad(f"'{first}' and '{second}' go together")
    if "lat" in used and "x" in used:
        raise _bad("give either 'lat' and 'lon' or 'x' and 'y'")
    return Mapping(used, timezone, crs)


def from_text(text: str) -> Mapping:
    """Return the mapping a JSON text states. Raises `UnusableFile`."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _bad("it is not JSON") from error
    return from_json(document)


def propose(
    header: Sequence[str],
    sample: Sequence[Sequence[str]] = (),
    *,
    timezone: str = DEFAULT_TIMEZONE,
) -> Mapping:
    """Return a mapping guessed from the header and the first rows.

    A header that is not recognised is tried by what its column holds; what neither tells is
    left out. A column recognised by name is not used where its values cannot be that.
    """
    found = _by_header(header, timezone)
    if not sample:
        return found
    looked = evidence.Columns(header, sample, found.zone)
    columns = {m: c for m, c in found.columns.items() if looked.may_be(m, c)}
    for meaning in ("time", "category"):
        if meaning not in columns:
            column = looked.likely(meaning, taken=set(columns.values()))
            if column:
                columns[meaning] = column
    if columns.get("clock") and not looked.has_only_days(columns.get("time", "")):
        del columns["clock"]
    if PAIRS[0][0] not in columns and PAIRS[1][0] not in columns:
        columns.update(looked.coordinates(taken=set(columns.values())))
    for first, second in PAIRS:
        if (first in columns) != (second in columns):
            columns.pop(first, None)
            columns.pop(second, None)
    columns, crs = looked.with_system(columns, found.crs)
    return Mapping(columns, timezone, crs)


def _by_header(header: Sequence[str], timezone: str) -> Mapping:
    by_key = {_key(column): column for column in reversed(header)}
    columns: dict[str, str] = {}
    for meaning, candidates in MEANINGS.items():
        for candidate in candidates:
            column = by_key.get(_key(candidate))
            if column is not None and column not in columns.values():
                columns[meaning] = column
                break
    for first, second in PAIRS:
        if (first in columns) != (second in columns):
            columns.pop(first, None)
            columns.pop(second, None)
    crs = DEFAULT_CRS
    if "lat" in columns:
        columns.pop("x", None)
        columns.pop("y", None)
    elif "x" in columns:
        crs = "EPSG:3006"
    return Mapping(columns, timezone, crs)


def _key(column: str) -> str:
    return re.sub(r"[\s_-]+", " ", column).strip().casefold()


def _bad(why: str) -> UnusableFile:
    return UnusableFile(FileFault.BAD_MAPPING, why=why)
