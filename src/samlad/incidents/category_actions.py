"""Every write on categories and the words suppliers use for them."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F
from django.db.models.functions import Floor
from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import rules
from samlad.incidents.categories import CELL_M, Finest
from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import (
    Category,
    CategoryWord,
    Incident,
    IncidentQuerySet,
    PlaceWord,
    Position,
)
from samlad.incidents.naming import word_key
from samlad.organisations.models import Municipality
from samlad.places.locating import name_key
from samlad.places.models import Area, AreaKind, Place
from samlad.places.queries import area_of


@recorder.atomic()
def add_category(
    *,
    code: str,
    finest: str,
    municipality_id: int,
    label_sv: str,
    label_en: str,
    serious: bool,
    person_near: bool,
    valid_from: date | None,
    ends_before: date | None,
    by: User,
    now: datetime,
) -> Category:
    """Add a category; suppliers' use of its name as a word means it.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    policy.require_in(by, Permission.CATEGORY_MANAGE, municipality_id)
    rules.check_edit_category(municipalities=Municipality.objects.count())
    category = Category.objects.create(
        code=code,
        finest=finest,
        label_sv=label_sv,
        label_en=label_en,
        serious=serious,
        person_near=person_near,
        valid_from=valid_from,
        ends_before=ends_before,
    )
    for word in {word_key(code), word_key(label_sv)}:
        CategoryWord.objects.get_or_create(
            municipality=None, word=word, defaults={"category": category}
        )
    recorder.record(
        event="incidents.category.added",
        target=category,
        by=by,
        at=now,
        municipality=municipality_id,
        after={"serious": serious, "person_near": person_near, "finest": finest},
    )
    return category


@recorder.atomic()
def edit_category(
    *,
    category_id: int,
    municipality_id: int,
    label_sv: str,
    label_en: str,
    serious: bool,
    person_near: bool,
    valid_from: date | None,
    ends_before: date | None,
    by: User,
    now: datetime,
) -> Category:
    """Change a category's labels, mark or validity; its code stays.

    The list is the installation's own: where several municipalities share it, none of them
    changes it alone. Raises `PermissionDenied` or `NotAllowed`.
    """
    policy.require_in(by, Permission.CATEGORY_MANAGE, municipality_id)
    rules.check_edit_category(municipalities=Municipality.objects.count())
    category = Category.objects.select_for_update().get(pk=category_id)
    before = {"serious": category.serious, "person_near": category.person_near}
    category.label_sv, category.label_en, category.serious = label_sv, label_en, serious
    category.person_near = person_near
    category.valid_from, category.ends_before = valid_from, ends_before
    category.save(
        update_fields=[
            "label_sv", "label_en", "serious", "person_near", "valid_from", "ends_before"
        ]
    )  # fmt: skip
    recorder.record(
        event="incidents.category.edited",
        target=category,
        by=by,
        at=now,
        municipality=municipality_id,
        before=before,
        after={"serious": serious, "person_near": person_near},
        changed=["label_sv", "label_en", "valid_from", "ends_before"],
    )
    return category


@recorder.atomic()
def map_word(*, municipality_id: int, word: str, category_id: int, by: User, now: datetime) -> int:
    """Say which category a supplier's word means, for all rows at once; return how many.

    Raises `PermissionDenied` unless `by` may manage the municipality's categories.
    """
    policy.require_in(by, Permission.CATEGORY_MANAGE, municipality_id)
    key = word_key(word)
    mapped, _ = CategoryWord.objects.update_or_create(
        municipality_id=municipality_id, word=key, defaults={"category_id": category_id}
    )
    rows = Incident.objects.filter(municipality_id=municipality_id, category__isnull=True)
    words = {
        w for w in rows.values_list("category_word", flat=True).distinct() if word_key(w) == key
    }
    _coarsen(rows.filter(category_word__in=words), Category.objects.get(pk=category_id))
    number = rows.filter(category_word__in=words).update(category_id=category_id)
    recorder.record(
        event="incidents.word.mapped",
        target=mapped,
        by=by,
        at=now,
        after={"category": category_id},
        counts={"rows": number},
    )
    return number


@recorder.atomic()
def map_place(
    *,
    municipality_id: int,
    word: str,
    place_id: int | None,
    area_id: int | None,
    by: User,
    now: datetime,
) -> int:
    """Say which place or area a supplier's word means, for all rows at once; return how many.

    Raises `PermissionDenied` unless `by` may manage the municipality's categories, and
    `DoesNotExist` for a place or an area of another municipality.
    """
    policy.require_in(by, Permission.CATEGORY_MANAGE, municipality_id)
    if place_id is not None:
        Place.objects.get(pk=place_id, municipality_id=municipality_id)
    if area_id is not None:
        Area.objects.defer("boundary").get(pk=area_id, municipality_id=municipality_id)
    key = name_key(word)
    meant, _ = PlaceWord.objects.update_or_create(
        municipality_id=municipality_id,
        word=key,
        defaults={"place_id": place_id, "area_id": area_id},
    )
    unknown = Incident.objects.filter(
        municipality_id=municipality_id,
        place_fault__in=[PlaceFault.UNKNOWN_PLACE, PlaceFault.UNKNOWN_AREA],
        written__isnull=False,
    ).select_related("written", "category")
    rows = [row for row in unknown.iterator() if name_key(row.written.place_text) == key]
    area = (
        Area.objects.get(pk=area_id) if area_id else area_of(meant.place, timezone.localdate(now))
    )
    for row in rows:
        _put(row, meant.place, area)
    recorder.record(
        event="incidents.place_word.mapped",
        target=meant,
        by=by,
        at=now,
        after={"place": place_id, "area": area_id},
        counts={"rows": len(rows)},
    )
    return len(rows)


def _put(row: Incident, place: Place | None, area: Area | None) -> None:
    """Put one row where its word has turned out to mean, no finer than its category allows."""
    finest = Finest(row.category.finest) if row.category else Finest.CELL_250_M
    row.place_fault, row.area = "", area
    row.position = Position.AREA if area else Position.UNPLACED
    if finest == Finest.MUNICIPALITY and area is not None:
        row.area = Area.objects.filter(
            municipality_id=row.municipality_id, kind=AreaKind.MUNICIPALITY, ends_before=None
        ).first()
    elif place is not None and finest == Finest.POINT:
        row.place, row.position = place, Position.PLACE
        row.x_m, row.y_m = place.x_m, place.y_m
    elif place is not None:
        row.position = Position.POINT
        row.x_m = place.x_m // CELL_M * CELL_M + CELL_M / 2
        row.y_m = place.y_m // CELL_M * CELL_M + CELL_M / 2
    row.save(update_fields=["place_fault", "area", "position", "place", "x_m", "y_m"])
    row.written.place_text = ""
    if row.written.text:
        row.written.save(update_fields=["place_text"])
    else:
        row.written.delete()


def _coarsen(rows: IncidentQuerySet, category: Category) -> None:
    """Keep no finer place than the category allows, now that the rows have one."""
    if category.finest == Finest.MUNICIPALITY:
        for municipality in rows.values_list("municipality_id", flat=True).distinct():
            whole = Area.objects.filter(
                municipality_id=municipality, kind=AreaKind.MUNICIPALITY, ends_before=None
            ).first()
            placed = rows.filter(municipality_id=municipality)
            placed.update(x_m=None, y_m=None, place=None)
            placed.filter(area__isnull=False).update(area=whole, position=Position.AREA)
    elif category.finest == Finest.CELL_250_M:
        rows.filter(x_m__isnull=False).update(
            x_m=Floor(F("x_m") / CELL_M) * CELL_M + CELL_M / 2,
            y_m=Floor(F("y_m") / CELL_M) * CELL_M + CELL_M / 2,
            place=None,
        )
