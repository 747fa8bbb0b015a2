"""Every read on incidents: starts at who may see, and at batches that are accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

import numpy as np
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import ExtractIsoWeekDay
from django.utils.text import slugify

from samlad.accounts.models import User
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import tables
from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import (
    FORM,
    Batch,
    Category,
    CategoryWord,
    Incident,
    IncidentQuerySet,
    IncidentText,
    PlaceWord,
    Position,
    Source,
    SourceKind,
)
from samlad.incidents.tables import AreaLabel, Bins, CategoryLabel, CountTable, SourceLabel
from samlad.incidents.workflow import SHOWN_STATES, BatchStatus
from samlad.intake.rows import Precision
from samlad.organisations.models import Municipality
from samlad.places.models import Area, Place
from samlad.places.queries import AreaVersion

HASH_SHOWN = 16
NOTICES_SHOWN = 50
ROWS_NAMED = 10
WORDS_SHOWN = 50
UNMAPPED = CategoryLabel("okategoriserad", "Okategoriserad")


@dataclass(frozen=True)
class SeriousIncident:
    """One serious incident, listed singly."""

    category_code: str
    category: str
    area_code: str
    area: str
    source_code: str
    source: str
    happened_on: date


@dataclass(frozen=True)
class Notice:
    """One published police notice: type, day, area and link; its text is not kept."""

    category: str
    happened_on: date
    area: str
    link: str


def sources(municipality: Municipality, user: User) -> list[Source]:
    """Return the sources whose incidents `user` may read, by code."""
    readable = Source.objects.where_user_can(user, Permission.INCIDENT_READ)
    return list(readable.filter(municipality=municipality).order_by("code"))


def sources_to_import_to(user: User) -> list[Source]:
    """Return the sources `user` may import to, by name."""
    allowed = Source.objects.where_user_can(user, Permission.INCIDENT_IMPORT)
    return list(allowed.order_by("name"))


def municipality_of_categories(user: User) -> Municipality | None:
    """Return the municipality whose categories `user` manages, or None."""
    for scope in policy.scopes_where(user, Permission.CATEGORY_MANAGE):
        if scope.organisation is None:
            return Municipality.objects.get(pk=scope.municipality)
    return None


def batches(user: User) -> list[Batch]:
    """Return the batches `user` may read, newest first."""
    readable = Batch.objects.where_user_can(user, Permission.INCIDENT_READ)
    files = readable.exclude(reader=FORM).select_related("source", "owner")
    return list(files.order_by("-created_at")[:200])


def accepted_batches(source: Source) -> list[Batch]:
    """Return the accepted batches with rows of a source, in the order they came."""
    accepted = Batch.objects.filter(status=BatchStatus.ACCEPTED)
    own = accepted.filter(Q(source=source) | Q(also_into=source)).distinct()
    return list(own.order_by("pk"))


def counted_batches(municipality: Municipality, user: User) -> list[int]:
    """Return the batches whose rows count in what `user` compiles of a municipality."""
    readable = Batch.objects.where_user_can(user, Permission.INCIDENT_READ)
    accepted = readable.filter(municipality=municipality, status=BatchStatus.ACCEPTED)
    return list(accepted.order_by("pk").values_list("pk", flat=True))


def rows_that_lost_words(batch: Batch) -> list[tuple[int, str]]:
    """Return the rows of a batch with words that were not stored: number and kinds of hit."""
    texts = IncidentText.objects.filter(incident__batch=batch, lost=True)
    return list(texts.order_by("incident__row_number").values_list("incident__row_number", "kinds"))


def rows_with_place_faults(batch: Batch) -> dict[str, list[int]]:
    """Return the first row numbers of each thing that was wrong with a place."""
    found: dict[str, list[int]] = {}
    for fault in set(PlaceFault) & set(batch.notes):
        rows = Incident.objects.filter(batch=batch, place_fault=fault).order_by("row_number")
        found[fault] = list(rows.values_list("row_number", flat=True)[:ROWS_NAMED])
    return found


@dataclass(frozen=True)
class PlaceWords:
    """What suppliers call the places (key, pk, x, y) and areas (key to name) we know."""

    places: list[tuple[str, int, float, float]]
    areas: dict[str, str]


def place_words(municipality: Municipality) -> PlaceWords:
    """Return the words for places and areas in a municipality."""
    rows = PlaceWord.objects.filter(municipality=municipality)
    placed = rows.filter(place__isnull=False)
    return PlaceWords(
        list(placed.values_list("word", "place_id", "place__x_m", "place__y_m")),
        dict(rows.filter(area__isnull=False).values_list("word", "area__name")),
    )


@dataclass(frozen=True)
class PlacesAndAreas:
    """What a word for a place may mean: key and name of each, by name."""

    places: list[tuple[int, str]]
    areas: list[tuple[int, str]]


def places_and_areas(municipality: Municipality) -> PlacesAndAreas:
    """Return the places and the areas in force of a municipality."""
    places = Place.objects.filter(municipality=municipality).order_by("name")
    areas = Area.objects.filter(municipality=municipality, ends_before=None).order_by("name")
    return PlacesAndAreas(
        list(places.values_list("pk", "name")), list(areas.values_list("pk", "name"))
    )


def unknown_places(municipality: Municipality, user: User) -> list[tuple[str, int]]:
    """Return the words for places nobody knows, most rows first; none that waits for review."""
    rows = (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_READ)
        .filter(
            municipality=municipality,
            place_fault__in=[PlaceFault.UNKNOWN_PLACE, PlaceFault.UNKNOWN_AREA],
            written__state__in=SHOWN_STATES,
        )
        .exclude(written__place_text="")
        .values_list("written__place_text")
        .annotate(n=Count("pk"))
        .order_by("-n", "written__place_text")
    )
    return list(rows[:WORDS_SHOWN])


def free_source_code(municipality: int, name: str) -> str:
    """Return a code for a new source: from its name, with a number where it is taken."""
    stem = f"k-{slugify(name)}"[:34]  # "rapporter-…" is what reports from the page go to
    taken = set(Source.objects.filter(municipality=municipality).values_list("code", flat=True))
    return next(code for n in count(1) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)


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
) -> CountTable:
    """Return one source's counts by area, category and bin.

    `areas` are those in force at the period's end, the whole first; a row placed in an
    older version counts in the area that has the same code today. `began_on` is the source's
    first day. `weekly` leaves out rows that know no more than their month. `window` is what
    weekday × hour is counted over.

    Raises `PermissionDenied` unless `user` may read the whole source.
    """
    policy.require(user, Permission.INCIDENT_READ, source)
    rows = Incident.objects.accepted().filter(source=source, happened_on__lt=bins.ends[-1])
    if weekly:
        rows = rows.exclude(precision=Precision.MONTH)
    day = "week_starts_on" if weekly else "happened_on"
    grouped = _grouped(rows, day)
    categories, index_of = _category_labels(any(row[0] is None for row in grouped))
    area_of = _area_index(areas, every_version)
    outside = np.array([row[2] == Position.OUTSIDE for row in grouped])
    area = np.array([area_of.get(row[1], tables.UNPLACED) for row in grouped], dtype=np.int64)
    category = np.array([index_of[row[0]] for row in grouped], dtype=np.int64)
    ordinals = np.array([row[3].toordinal() for row in grouped], dtype=np.int64)
    hours, without_hour = _hours(rows, window, index_of, len(categories))
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
    hours = np.zeros((n, 7, 24), dtype=np.int64)
    timed = (
        recent.filter(hour__isnull=False)
        .annotate(weekday=ExtractIsoWeekDay("happened_on"))
        .values_list("category_id", "weekday", "hour")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for category, weekday, hour, number in timed:
        hours[index_of[category], weekday - 1, hour] += number
    return hours, recent.filter(hour__isnull=True).count()


def serious(
    *, municipality: Municipality, user: User, starts_on: date, ends_before: date
) -> list[SeriousIncident]:
    """Return the serious incidents of a period, each by itself."""
    rows = (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_READ)
        .filter(
            municipality=municipality,
            category__serious=True,
            source__kind=SourceKind.REPORTS,
            happened_on__gte=starts_on,
            happened_on__lt=ends_before,
        )
        .exclude(position=Position.OUTSIDE)
        .select_related("category", "area", "source")
        .order_by("happened_on", "source__code", "row_number")
    )
    return [
        SeriousIncident(
            category_code=row.category.code if row.category else "",
            category=row.category.label_sv if row.category else "",
            area_code=row.area.code if row.area else municipality.code,
            area=row.area.name if row.area else municipality.name,
            source_code=row.source.code,
            source=row.source.name,
            happened_on=row.happened_on,
        )
        for row in rows
    ]


def notices(
    *, municipality: Municipality, user: User, starts_on: date, ends_before: date
) -> list[Notice]:
    """Return the published police notices of a period, newest first."""
    rows = (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_READ)
        .filter(
            municipality=municipality,
            source__kind=SourceKind.NOTICES,
            happened_on__gte=starts_on,
            happened_on__lt=ends_before,
        )
        .exclude(position=Position.OUTSIDE)
        .select_related("category", "area")
        .order_by("-happened_on", "row_number")
    )
    return [
        Notice(
            category=row.category_word,
            happened_on=row.happened_on,
            area=row.area_name,
            link=row.link,
        )
        for row in rows[:NOTICES_SHOWN]
    ]


def notice_pages(user: User) -> IncidentQuerySet:
    """Return the published notices `user` may read, newest first, for paging."""
    return (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_READ)
        .filter(source__kind=SourceKind.NOTICES)
        .exclude(position=Position.OUTSIDE)
        .order_by("-happened_on", "-hour", "pk")
    )


def count_late(*, source: Source, since: datetime, starts_on: date, ends_before: date) -> int:
    """Return how many rows of earlier days came in after `since`."""
    return (
        Incident.objects.accepted()
        .filter(
            source=source,
            batch__accepted_at__gt=since,
            happened_on__gte=starts_on,
            happened_on__lt=ends_before,
        )
        .count()
    )


def unmapped_words(municipality: Municipality, user: User) -> list[tuple[str, int]]:
    """Return the words without a category, most rows first."""
    rows = (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_READ)
        .filter(municipality=municipality, category__isnull=True)
        .filter(source__kind=SourceKind.REPORTS)
        .exclude(category_word="")
        .values_list("category_word")
        .annotate(n=Count("pk"))
        .order_by("-n", "category_word")
    )
    return [(word, number) for word, number in rows]


def category_words(municipality: Municipality) -> dict[str, int]:
    """Return the categories by word; the municipality's own words before everybody's."""
    words = CategoryWord.objects.filter(
        Q(municipality=municipality) | Q(municipality__isnull=True)
    ).order_by(F("municipality").asc(nulls_first=True))
    return {word.word: word.category_id for word in words}


def file_rows(municipality: Municipality, user: User, *, ends_before: date) -> list[dict]:
    """Return what a picture says of the files it rests on, in the order they came."""
    later = Count("incidents", filter=Q(incidents__happened_on__gte=ends_before))
    readable = Batch.objects.where_user_can(user, Permission.INCIDENT_READ)
    rows = readable.filter(municipality=municipality, status=BatchStatus.ACCEPTED)
    return [
        {
            "name": batch.file_name,
            "sha256": batch.sha256,
            "crs": batch.mapping["crs"],
            "metric_crs": municipality.metric_crs,
            "rows": batch.rows,
            "accepted": batch.accepted,
            "rejected": batch.rejected,
            "already_known": batch.already_known,
            "after_period": batch.after_period,
            "reader": batch.reader,
            "mapping": batch.mapping,
        }
        for batch in rows.annotate(after_period=later).order_by("pk")
    ]


def count_accepted(municipality: Municipality, user: User) -> int:
    """Return how many incidents `user` may read in a municipality."""
    readable = Batch.objects.where_user_can(user, Permission.INCIDENT_READ)
    total = readable.filter(municipality=municipality, status=BatchStatus.ACCEPTED).aggregate(
        n=Sum("accepted")
    )
    return total["n"] or 0
