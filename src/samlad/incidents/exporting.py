"""Incidents as rows of a file that reads in again as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import Batch, Category, IncidentQuerySet, Source
from samlad.incidents.naming import shown, word_key
from samlad.incidents.workflow import SHOWN_STATES
from samlad.intake import times
from samlad.intake.rows import Precision
from samlad.intake.sheets import LATITUDE, LONGITUDE, Cell
from samlad.places import projection
from samlad.places.models import Area, Place

HEADER = [
    "källa", "ärendenummer", "tidpunkt", "sluttid", "kategori", LATITUDE, LONGITUDE, "område",
    "plats", "antal", "polisanmäld", "kostnad", "ägare", "text",
]  # fmt: skip
CHUNK = 5000
DECIMALS = 7  # of a degree: a centimetre
LENGTHS = {  # of "2026-11-14 22:30"
    Precision.MINUTE: 16,
    Precision.INTERVAL: 16,
    Precision.HOUR: 13,
    Precision.DAY: 10,
    Precision.MONTH: 7,
}
FIELDS = (
    "pk", "source_id", "external_id", "fingerprint", "starts_at", "ends_at", "precision",
    "category_id", "category_word", "x_m", "y_m", "position", "area_id", "place_id",
    "place_fault", "quantity", "police_reported", "cost_kr", "property_owner", "batch_id",
    "written__state", "written__text", "written__place_text",
)  # fmt: skip


def rows(
    incidents: IncidentQuerySet, *, metric_crs: str, words: dict[str, int]
) -> Iterator[list[Cell]]:
    """Return the incidents' rows under `HEADER`.

    `words` is which category a word means now: the category is written by its label, or by
    its code where the label has come to mean another. A row without an id of its own carries
    its fingerprint, so that it is known when it comes back.
    """
    names = _Names(incidents, words)
    read = (
        incidents.order_by("happened_on", "starts_at", "pk")
        .values_list(*FIELDS, named=True)
        .iterator(chunk_size=CHUNK)
    )
    while chunk := list(islice(read, CHUNK)):
        nothing = float("nan")
        longitude, latitude = projection.transform(
            np.array([nothing if one.x_m is None else one.x_m for one in chunk]),
            np.array([nothing if one.y_m is None else one.y_m for one in chunk]),
            source=metric_crs,
            target=projection.WGS84,
        )
        for i, one in enumerate(chunk):
            yield _row(one, float(longitude[i]), float(latitude[i]), names)


class _Names:
    """What the keys of a row stand for, read once."""

    def __init__(self, incidents: IncidentQuerySet, words: dict[str, int]) -> None:
        self._words = words
        self.sources = dict(Source.objects.values_list("pk", "name"))
        self.areas = dict(Area.objects.values_list("pk", "name"))
        self.places = dict(Place.objects.values_list("pk", "name"))
        self.categories = dict(Category.objects.values_list("pk", "label_sv"))
        self._codes = dict(Category.objects.values_list("pk", "code"))
        used = incidents.order_by().values("batch")
        self.zones = {
            pk: times.zone_named(mapping.get("timezone", times.STOCKHOLM))
            for pk, mapping in Batch.objects.filter(pk__in=used).values_list("pk", "mapping")
        }

    def category(self, pk: int | None, word: str) -> str:
        """Return what the file says of a row's category."""
        if pk is None:
            return shown(word)
        label = self.categories[pk]
        return label if self._words.get(word_key(label)) == pk else self._codes[pk]


def _row(one: Any, longitude: float, latitude: float, names: _Names) -> list[Cell]:
    zone = names.zones[one.batch_id]
    located = one.x_m is not None
    zero = one.place_fault == PlaceFault.ZERO
    seen = one.written__state in SHOWN_STATES
    text, place_text = (one.written__text, one.written__place_text) if seen else ("", "")
    area = names.areas[one.area_id] if one.area_id else ""
    if one.place_fault == PlaceFault.UNKNOWN_AREA:
        area, place_text = place_text, ""
    return [
        names.sources[one.source_id],
        one.external_id or f"samlad:{bytes(one.fingerprint).hex()}",
        _time(one.starts_at, Precision(one.precision), zone),
        "" if one.ends_at is None else _time(one.ends_at, Precision.INTERVAL, zone),
        names.category(one.category_id, one.category_word),
        round(latitude, DECIMALS) if located else (0.0 if zero else None),
        round(longitude, DECIMALS) if located else (0.0 if zero else None),
        area,
        names.places[one.place_id] if one.place_id else place_text,
        one.quantity,
        "" if one.police_reported is None else ("ja" if one.police_reported else "nej"),
        one.cost_kr,
        one.property_owner,
        text,
    ]


def _time(at: datetime, precision: Precision, zone: ZoneInfo) -> str:
    """Return a clock time as precise as it is known; with its offset where it came twice."""
    local = at.astimezone(zone)
    written = local.isoformat(sep=" ")[: LENGTHS[precision]]
    timed = precision in {Precision.MINUTE, Precision.HOUR, Precision.INTERVAL}
    twice = timed and times.has_change(local.date(), zone)
    if twice and times.is_doubled_hour(local.replace(tzinfo=None), zone):
        offset = local.strftime("%z")
        return f"{written}{offset[:3]}:{offset[3:]}"
    return written


def name_of_file(now: datetime) -> str:
    """Return what an export is called, without its ending; `now` is local."""
    return f"handelser-{now:%Y-%m-%d-%H%M}"
