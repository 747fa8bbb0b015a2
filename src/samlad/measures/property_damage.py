"""Damage at the municipality's own places: a view of incidents, not a second register (B11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractMonth

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident
from samlad.organisations.models import ActorClass, Municipality

DAMAGE = ("skadegorelse", "klotter", "anlagd-brand")
SUMMER = (5, 8)  # May to August, as in Bjuv's own comparison


@dataclass(frozen=True)
class PlaceRow:
    """Damage at one place: number by month (12,), police-reported, cost [kr], by season."""

    place: str
    by_month: tuple[int, ...]
    number: int
    police_reported: int
    cost_kr: int
    summer: int


def by_source(municipality: Municipality, user: User, *, year: int) -> list[tuple[str, int]]:
    """Return how many of the year's damages each source has told of, most first.

    The same damage may be told of by two sources: they are not added anywhere else.
    """
    rows = _damage(municipality, user, year).values_list("source__name").annotate(n=Count("pk"))
    return [(name, n) for name, n in rows.order_by("-n", "source__name")]


def _damage(municipality: Municipality, user: User, year: int) -> QuerySet[Incident]:
    seen = Incident.objects.where_user_can(user, Permission.INCIDENT_READ)
    return seen.filter(
        pk__in=Incident.objects.accepted().values("pk"),
        municipality=municipality,
        category__code__in=DAMAGE,
        place__owner__kind__actor_class=ActorClass.OFFICE,
        happened_on__gte=date(year, 1, 1),
        happened_on__lt=date(year + 1, 1, 1),
    )


def by_place(municipality: Municipality, user: User, *, year: int) -> list[PlaceRow]:
    """Return the damage of a year at places a municipal department owns, most first.

    Counts the incidents `user` may read; each source by itself would be named on its own page.
    """
    rows = (
        _damage(municipality, user, year)
        .annotate(month=ExtractMonth("happened_on"))
        .values("place__name", "month")
        .annotate(
            number=Count("pk"),
            reported=Count("pk", filter=Q(police_reported=True)),
            cost=Sum("cost_kr"),
        )
        .order_by("place__name", "month")
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["place__name"], []).append(row)
    first, last = SUMMER
    made = []
    for place, months in found.items():
        by_month = [0] * 12
        for row in months:
            by_month[row["month"] - 1] = row["number"]
        made.append(
            PlaceRow(
                place=place,
                by_month=tuple(by_month),
                number=sum(by_month),
                police_reported=sum(row["reported"] for row in months),
                cost_kr=sum(row["cost"] or 0 for row in months),
                summer=sum(by_month[first - 1 : last]),
            )
        )
    return sorted(made, key=lambda row: (-row.number, row.place))
