"""Every read on incidents: starts at who may see, and at batches that are accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from django.db.models import Count, F, Q, Sum
from django.utils.text import slugify

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import (
    FORM,
    Batch,
    CategoryWord,
    Incident,
    IncidentQuerySet,
    IncidentText,
    PlaceWord,
    Position,
    Source,
    SourceKind,
)
from samlad.incidents.workflow import SHOWN_STATES, BatchStatus
from samlad.organisations.models import Municipality
from samlad.places.models import Area, Place

HASH_SHOWN = 16
NOTICES_SHOWN = 50
ROWS_NAMED = 10
WORDS_SHOWN = 50


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


def serious(
    *,
    municipality: Municipality,
    user: User,
    starts_on: date,
    ends_before: date,
    excluded: frozenset[int] = frozenset(),
) -> list[SeriousIncident]:
    """Return the serious incidents of a period, each by itself, but for the excluded."""
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
        .exclude(pk__in=excluded)
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
