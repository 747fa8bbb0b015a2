"""Looking at incidents: one choice, and the list, the table and the map of it.

All three start at `chosen_rows`, so that they agree. One source at a time: counts are never
added across sources.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
from django.db.models import Avg, Count, F, IntegerField, Q
from django.db.models.functions import Cast, ExtractIsoWeekDay

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.models import (
    Batch,
    Category,
    Incident,
    IncidentQuerySet,
    Position,
    SavedFilter,
    Source,
    SourceKind,
)
from samlad.incidents.workflow import BatchStatus
from samlad.organisations.models import Municipality
from samlad.places import projection
from samlad.places.models import Area

CELL_PX = 72  # of the screen: about how far apart two numbers on the map stand
METRES_PER_PX = 156_543.03392  # at the equator, zoom 0
MOST_CELLS = 600
FEW_BATCHES = 200
WIDEST = (-180.0, -85.0, 180.0, 85.0)


@dataclass(frozen=True)
class Chosen:
    """Which incidents: `ends_on` is included; hours run from `hour_from` up to `hour_to`."""

    source: int
    category: str = ""
    area: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    weekday: int | None = None
    hour_from: int | None = None
    hour_to: int | None = None
    unplaced: bool = False
    batch: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the choice as it is saved."""
        return {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in asdict(self).items()
            if value not in (None, "", False)
        }


@dataclass(frozen=True)
class Cell:
    """Some incidents close to each other: where (degrees, their middle) and how many."""

    longitude: float
    latitude: float
    number: int


@dataclass(frozen=True)
class CategoryCount:
    """How many of a category, and how many of them have a point."""

    category: str
    number: int
    placed: int


def sources_to_browse(user: User) -> list[Source]:
    """Return the sources of reports whose incidents `user` may read, by name."""
    readable = Source.objects.where_user_can(user, Permission.INCIDENT_READ)
    found = readable.filter(kind=SourceKind.REPORTS).select_related("municipality")
    return list(found.order_by("name"))


def areas_to_browse(municipality: Municipality, day: date) -> list[Area]:
    """Return the areas in force, by name."""
    areas = Area.objects.filter(municipality=municipality).valid_on(day).defer("boundary")
    return list(areas.order_by("name"))


def chosen_rows(chosen: Chosen, user: User) -> IncidentQuerySet:
    """Return the incidents of a choice that `user` may read."""
    accepted = Batch.objects.filter(
        Q(source=chosen.source) | Q(also_into=chosen.source), status=BatchStatus.ACCEPTED
    ).values_list("pk", flat=True)
    few = list(accepted[: FEW_BATCHES + 1])  # a list is quicker than asking of each row
    rows = Incident.objects.where_user_can(user, Permission.INCIDENT_READ).filter(
        source=chosen.source, batch__in=few if len(few) <= FEW_BATCHES else accepted
    )
    if chosen.batch is not None:
        rows = rows.filter(batch=chosen.batch)
    if chosen.unplaced:
        rows = rows.filter(position=Position.UNPLACED)
    if chosen.category == "-":
        rows = rows.filter(category__isnull=True)
    elif chosen.category:
        rows = rows.filter(category__code=chosen.category)
    if chosen.area is not None:
        rows = rows.filter(area__in=_versions_within(chosen.area))
    if chosen.starts_on:
        rows = rows.filter(happened_on__gte=chosen.starts_on)
    if chosen.ends_on:
        rows = rows.filter(happened_on__lte=chosen.ends_on)
    if chosen.weekday:
        rows = rows.annotate(weekday=ExtractIsoWeekDay("happened_on"))
        rows = rows.filter(weekday=chosen.weekday)
    return _within_hours(rows, chosen.hour_from, chosen.hour_to)


def _within_hours(
    rows: IncidentQuerySet, first: int | None, before: int | None
) -> IncidentQuerySet:
    """Keep the hours from `first` up to `before`; 22 up to 6 goes over midnight."""
    if first is None and before is None:
        return rows
    first, before = first or 0, 24 if before is None else before
    if first < before:
        return rows.filter(hour__gte=first, hour__lt=before)
    return rows.filter(Q(hour__gte=first) | Q(hour__lt=before))


def _versions_within(area_id: int) -> list[int]:
    """Return every version of an area and of what is part of it."""
    rows = list(Area.objects.values_list("pk", "parent_id", "kind", "code", "municipality_id"))
    keys = {pk: (municipality, kind, code) for pk, _, kind, code, municipality in rows}
    wanted = {keys[area_id]} if area_id in keys else set()
    while True:
        more = {
            keys[pk] for pk, parent, *_ in rows if parent is not None and keys.get(parent) in wanted
        } - wanted
        if not more:
            return [pk for pk, key in keys.items() if key in wanted]
        wanted |= more


def newest_first(rows: IncidentQuerySet) -> IncidentQuerySet:
    """Return the list, with what each line shows."""
    related = rows.select_related("source", "category", "area", "place", "written", "occurrence")
    return related.order_by("-happened_on", "-starts_at", "-pk")


def count_by_category(rows: IncidentQuerySet) -> list[CategoryCount]:
    """Return the table: how many by category, most first."""
    labels = {c.pk: str(c) for c in Category.objects.all()}
    counted = rows.values_list("category_id").annotate(n=Count("pk"), placed=Count("x_m"))
    found = [
        CategoryCount(labels.get(pk, ""), number, placed)
        for pk, number, placed in counted.order_by()
    ]
    return sorted(found, key=lambda one: (-one.number, one.category))


def cells(
    rows: IncidentQuerySet,
    *,
    metric_crs: str,
    zoom: float,
    box: Sequence[float] = WIDEST,
) -> list[Cell]:
    """Return the map: incidents with a point, gathered in squares as wide as `zoom` asks.

    `box` is west, south, east, north in degrees. Every incident in the box is in one cell.
    Metres count from a corner of the map: they are positive, so a whole number is a square's.
    """
    west, south, east, north = box
    middle = math.radians(max(min((south + north) / 2, 80.0), -80.0))
    size = max(CELL_PX * METRES_PER_PX * math.cos(middle) / 2**zoom, 1.0)
    inside = rows.filter(x_m__isnull=False)
    if tuple(box) != WIDEST:
        xs = np.array([west, east, west, east, (west + east) / 2, (west + east) / 2])
        ys = np.array([south, south, north, north, south, north])
        x_m, y_m = projection.transform(xs, ys, source=projection.WGS84, target=metric_crs)
        if np.isfinite(x_m).all():
            inside = inside.filter(
                x_m__gte=float(x_m.min()), x_m__lte=float(x_m.max()),
                y_m__gte=float(y_m.min()), y_m__lte=float(y_m.max()),
            )  # fmt: skip
    while True:
        gathered = list(
            inside.annotate(
                across=Cast(F("x_m") / size, IntegerField()),
                up=Cast(F("y_m") / size, IntegerField()),
            )
            .values_list("across", "up")
            .annotate(x=Avg("x_m"), y=Avg("y_m"), n=Count("pk"))
            .order_by("across", "up")[: MOST_CELLS + 1]
        )
        if len(gathered) <= MOST_CELLS:
            break
        size *= 2
    lon, lat = projection.transform(
        np.array([row[2] for row in gathered], float),
        np.array([row[3] for row in gathered], float),
        source=metric_crs,
        target=projection.WGS84,
    )
    return [Cell(float(lon[i]), float(lat[i]), row[4]) for i, row in enumerate(gathered)]


def saved_filters(user: User) -> list[SavedFilter]:
    """Return a person's saved choices, by name."""
    return list(SavedFilter.objects.filter(user=user))
