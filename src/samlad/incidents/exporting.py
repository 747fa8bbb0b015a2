"""Incidents as rows of a file that reads in again as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import numpy as np

from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import Incident, IncidentQuerySet, Position
from samlad.incidents.naming import shown, word_key
from samlad.incidents.workflow import SHOWN_STATES
from samlad.intake import times
from samlad.intake.rows import Precision
from samlad.intake.sheets import LATITUDE, LONGITUDE, Cell
from samlad.places import projection

HEADER = [
    "källa", "ärendenummer", "tidpunkt", "sluttid", "kategori", LATITUDE, LONGITUDE, "område",
    "plats", "antal", "polisanmäld", "kostnad", "ägare", "text",
]  # fmt: skip
CHUNK = 5000
FORMATS = {
    Precision.MINUTE: "%Y-%m-%d %H:%M",
    Precision.INTERVAL: "%Y-%m-%d %H:%M",
    Precision.HOUR: "%Y-%m-%d %H",
    Precision.DAY: "%Y-%m-%d",
    Precision.MONTH: "%Y-%m",
}


def rows(
    incidents: IncidentQuerySet, *, metric_crs: str, words: dict[str, int]
) -> Iterator[list[Cell]]:
    """Return the incidents' rows under `HEADER`.

    `words` is which category a word means now: where the supplier's own word still means the
    incident's category the word is written, else the category's label. A row without an id of
    its own carries its fingerprint, so that it is known when it comes back.
    """
    related = incidents.select_related("source", "category", "area", "place", "batch", "written")
    read = related.order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(read, CHUNK)):
        nothing = float("nan")
        longitude, latitude = projection.transform(
            np.array([nothing if one.x_m is None else one.x_m for one in chunk]),
            np.array([nothing if one.y_m is None else one.y_m for one in chunk]),
            source=metric_crs,
            target=projection.WGS84,
        )
        for i, one in enumerate(chunk):
            yield _row(one, float(longitude[i]), float(latitude[i]), words)


def _row(one: Incident, longitude: float, latitude: float, words: dict[str, int]) -> list[Cell]:
    zone = times.zone_named(one.batch.mapping.get("timezone", times.STOCKHOLM))
    located = one.x_m is not None
    zero = one.place_fault == PlaceFault.ZERO
    text, place_text = _words(one)
    area = one.area.name if one.area and one.position != Position.OUTSIDE else ""
    if one.place_fault == PlaceFault.UNKNOWN_AREA:
        area, place_text = place_text, ""
    return [
        one.source.name,
        one.external_id or f"samlad:{bytes(one.fingerprint).hex()}",
        _time(one.starts_at, Precision(one.precision), zone),
        "" if one.ends_at is None else _time(one.ends_at, Precision.INTERVAL, zone),
        _category(one, words),
        latitude if located else (0.0 if zero else None),
        longitude if located else (0.0 if zero else None),
        area,
        one.place.name if one.place else place_text,
        one.quantity,
        "" if one.police_reported is None else ("ja" if one.police_reported else "nej"),
        one.cost_kr,
        one.property_owner,
        text,
    ]


def _words(one: Incident) -> tuple[str, str]:
    """Return the text and the place in words, as everybody may see them."""
    written = getattr(one, "written", None)
    if written is None or written.state not in SHOWN_STATES:
        return "", ""
    return written.text, written.place_text


def _category(one: Incident, words: dict[str, int]) -> str:
    means = words.get(word_key(one.category_word))
    if one.category is not None and means != one.category_id:
        return one.category.label_sv
    return shown(one.category_word)


def _time(at: datetime, precision: Precision, zone: ZoneInfo) -> str:
    """Return a clock time as precise as it is known; with its offset where it came twice."""
    local = at.astimezone(zone)
    written = local.strftime(FORMATS[precision])
    timed = precision in {Precision.MINUTE, Precision.HOUR, Precision.INTERVAL}
    if timed and times.is_doubled_hour(local.replace(tzinfo=None), zone):
        offset = local.strftime("%z")
        return f"{written}{offset[:3]}:{offset[3:]}"
    return written


def name_of_file(now: datetime) -> str:
    """Return what an export is called, without its ending."""
    return f"handelser-{now.astimezone(UTC):%Y%m%d-%H%M}"
