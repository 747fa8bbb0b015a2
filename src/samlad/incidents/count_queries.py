"""The counts a picture is made of: one source by area, category and week, and its points."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import numpy as np
from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import ExtractIsoWeekDay
from django.utils import timezone

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.calendar.dayparts import Daypart, daypart
from samlad.incidents import tables
from samlad.incidents.models import Category, Incident, IncidentQuerySet, Position, Source
from samlad.incidents.queries import HASH_SHOWN, accepted_batches
from samlad.incidents.tables import AreaLabel, Bins, CategoryLabel, CountTable, SourceLabel
from samlad.intake.rows import Precision
from samlad.places.queries import AreaVersion

UNMAPPED = CategoryLabel("okategoriserad", "Okategoriserad")


def span(source: Source) -> tuple[date, date] | None:
    """Return the first and last day a source has incidents on, or None without any."""
    found = (
        Incident.objects.accepted()
        .filter(source=source)
        .aggregate(first=Min("happened_on"), last=Max("happened_on"))
    )
    return None if found["first"] is None else (found["first"], found["last"])


def counts(
    *,
    source: Source,
    user: User,
    areas: Sequence[AreaVersion],
    every_version: Sequence[AreaVersion],
    bins: Bins,
    began_on: date,
    weekly: bool,
    window: tuple[date, date],
    excluded: frozenset[int] = frozenset(),
    parts: frozenset[Daypart] = frozenset(),
) -> CountTable:
    """Return one source's counts by area, category and bin.

    `areas` are those in force at the period's end, the whole first; a row placed in an
    older version counts in the area that has the same code today. `began_on` is the source's
    first day. `weekly` leaves out rows that know no more than their month. `window` is what
    weekday × hour is counted over. `excluded` rows are not counted. With `parts` only rows are
    counted whose hour is known and lies in one of them.

    Raises `PermissionDenied` unless `user` may read the whole source.
    """
    policy.require(user, Permission.INCIDENT_READ, source)
    rows = Incident.objects.accepted().filter(source=source, happened_on__lt=bins.ends[-1])
    if excluded:
        rows = rows.exclude(pk__in=excluded)
    if weekly:
        rows = rows.exclude(precision=Precision.MONTH)
    if parts:
        rows = rows.filter(in_dayparts(parts))
    day = "week_starts_on" if weekly else "happened_on"
    grouped = _grouped(rows, day)
    categories, index_of = _category_labels(any(row[0] is None for row in grouped))
    area_of = _area_index(areas, every_version)
    outside = np.array([row[2] == Position.OUTSIDE for row in grouped])
    area = np.array([area_of.get(row[1], tables.UNPLACED) for row in grouped], dtype=np.int64)
    category = np.array([index_of[row[0]] for row in grouped], dtype=np.int64)
    ordinals = np.array([row[3].toordinal() for row in grouped], dtype=np.int64)
    hours, without_hour = _hours(rows, window, index_of, len(categories))
    points = _points(rows, bins.ends[-1], index_of, area_of) if weekly else None
    return tables.build(
        source=label(source),
        areas=[_area_label(version, areas) for version in areas],
        categories=categories,
        bins=bins,
        area=np.where(outside, tables.OUTSIDE, area) if len(grouped) else area,
        category=category,
        bin_=bins.index_of(ordinals),
        number=np.array([row[4] for row in grouped], dtype=np.int64),
        hours=hours,
        without_hour=without_hour,
        first_is_whole=began_on == bins.starts[0],
        points=points,
    )


def in_dayparts(parts: Collection[Daypart]) -> Q:
    """Return the condition that an incident's hour is known and in one of the parts of a week."""
    condition = Q(pk__in=[])
    for weekday in range(7):
        hours = [hour for hour in range(24) if daypart(weekday, hour) in parts]
        if hours:
            condition |= Q(happened_on__iso_week_day=weekday + 1, hour__in=hours)
    return condition


def _points(
    rows: IncidentQuerySet,
    ends_before: date,
    index_of: dict[int | None, int],
    area_of: dict[int, int],
) -> tables.Points:
    """Return the rows with a point of the year before a day."""
    located = list(
        rows.filter(x_m__isnull=False, happened_on__gte=ends_before - timedelta(tables.POINT_DAYS))
        .exclude(position=Position.OUTSIDE)
        .values_list("x_m", "y_m", "happened_on", "category_id", "area_id")
    )
    return tables.points(
        x_m=np.array([row[0] for row in located], dtype=np.float64),
        y_m=np.array([row[1] for row in located], dtype=np.float64),
        day=np.array([row[2].toordinal() for row in located], dtype=np.int64),
        category=np.array([index_of[row[3]] for row in located], dtype=np.int64),
        area=np.array([area_of.get(row[4], tables.UNPLACED) for row in located], dtype=np.int64),
    )


def _grouped(rows: IncidentQuerySet, day: str) -> list[tuple]:
    """Return (category or None, area, position, day, number), grouped."""
    return list(
        rows.values_list("category_id", "area_id", "position", day)
        .annotate(n=Count("pk"))
        .order_by("category_id", "area_id", "position", day)
    )


def label(source: Source) -> SourceLabel:
    """Return a source as a picture names it."""
    hashes = tuple(batch.sha256[:HASH_SHOWN] for batch in accepted_batches(source))
    return SourceLabel(source.code, source.name, source.kind, source.is_invented, hashes)


def _category_labels(
    with_unmapped: bool,
) -> tuple[list[CategoryLabel], dict[int | None, int]]:
    """Return the labels in code order, and where each category stands.

    A word nobody has mapped is a supplier's own text: it is counted as *okategoriserad* and
    seen on the page of categories only, never in a picture that is sent to others.
    """
    keyed: list[tuple[int | None, CategoryLabel]] = [
        (c.pk, CategoryLabel(c.code, c.label_sv, c.serious)) for c in Category.objects.all()
    ]
    if with_unmapped:
        keyed.append((None, UNMAPPED))
    keyed.sort(key=lambda pair: pair[1].code)
    return [pair[1] for pair in keyed], {pair[0]: i for i, pair in enumerate(keyed)}


def _area_label(version: AreaVersion, areas: Sequence[AreaVersion]) -> AreaLabel:
    place = {area.pk: i for i, area in enumerate(areas)}
    parent = None if version is areas[0] else place.get(version.parent or 0, 0)
    return AreaLabel(version.code, version.name, parent, version.population)


def _area_index(
    areas: Sequence[AreaVersion], every_version: Sequence[AreaVersion]
) -> dict[int, int]:
    """Return where each version counts today: by code, else in what it was part of."""
    now = {(area.kind, area.code): i for i, area in enumerate(areas)}
    by_pk = {version.pk: version for version in every_version}
    found = {}
    for version in every_version:
        one: AreaVersion | None = version
        while one is not None and (one.kind, one.code) not in now:
            one = by_pk.get(one.parent or 0)
        found[version.pk] = 0 if one is None else now[(one.kind, one.code)]
    return found


def _hours(
    rows: IncidentQuerySet, window: tuple[date, date], index_of: dict[int | None, int], n: int
) -> tuple[np.ndarray, int]:
    recent = rows.filter(happened_on__gte=window[0], happened_on__lt=window[1]).exclude(
        position=Position.OUTSIDE
    )
    hours = np.zeros((n, 7, 24))
    moment = Q(ends_at__isnull=True) | Q(ends_at__lte=F("starts_at"))
    timed = (
        recent.filter(moment, hour__isnull=False)
        .annotate(weekday=ExtractIsoWeekDay("happened_on"))
        .values_list("category_id", "weekday", "hour")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for category, weekday, hour, number in timed:
        hours[index_of[category], weekday - 1, hour] += number
    spans = list(
        recent.filter(hour__isnull=False, ends_at__gt=F("starts_at")).values_list(
            "category_id", "starts_at", "ends_at"
        )
    )
    if spans:
        starts = [timezone.localtime(row[1]) for row in spans]
        tables.add_hours(
            hours,
            np.array([index_of[row[0]] for row in spans]),
            np.array([start.weekday() for start in starts]),
            np.array([start.hour + start.minute / 60 for start in starts]),
            np.array([tables.span_hours(row[1], row[2]) for row in spans]),
        )
    return hours, recent.filter(hour__isnull=True).count()
