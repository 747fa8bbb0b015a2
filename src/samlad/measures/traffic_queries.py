"""Every read on prioritised traffic places, and on what has come back for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Sum
from django.utils import timezone

from samlad.accounts.models import User
from samlad.activities.models import Activity
from samlad.authorization.permissions import Permission
from samlad.indicators.models import SpeedMeasurement
from samlad.measures.models import TrafficList

CONTROL = "trafikkontroll"


@dataclass(frozen=True)
class Row:
    """A prioritised place: what it was ranked by, what was done since, how it measures now.

    `controls` and `reports` are what was done [count]; `after` the first measurement later than
    the list, the outcome.
    """

    rank: int
    place: str
    on: date
    limit_kmh: int
    mean_kmh: float
    share_over: float
    vehicles: int
    occasions: int
    controls: int
    reports: int
    after: SpeedMeasurement | None


def lists(user: User) -> list[TrafficList]:
    """Return the lists `user` may read, the newest first."""
    readable = TrafficList.objects.where_user_can(user, Permission.MEASURE_READ)
    return list(readable.prefetch_related("shares__organisation"))


def find(user: User, pk: int) -> TrafficList | None:
    """Return a list `user` may read, or None."""
    return next((one for one in lists(user) if one.pk == pk), None)


def rows(made: TrafficList, user: User) -> list[Row]:
    """Return a list's places with what has come back since it was first handed over.

    Controls are those of the log that `user` may read.
    """
    first: Any = made.shares.aggregate(first=Min("at"))["first"]
    places = [row["place_id"] for row in made.rows]
    done: dict[int, dict[str, Any]] = {}
    if first is not None:
        counted = (
            Activity.objects.where_user_can(user, Permission.ACTIVITY_READ)
            .filter(
                removed_at=None,
                kind__code=CONTROL,
                place__in=places,
                on__gte=timezone.localdate(first),
            )
            .values("place")
            .annotate(n=Count("pk"), controls=Sum("controls"), reports=Sum("reports"))
            .order_by()
        )
        done = {row["place"]: row for row in counted}
    later: dict[int, SpeedMeasurement] = {}
    measured = SpeedMeasurement.objects.where_user_can(user, Permission.INDICATOR_READ)
    for one in measured.filter(place__in=places, starts_on__gt=made.made_on).order_by("starts_on"):
        later.setdefault(one.place_id, one)
    return [
        Row(
            rank=row["rank"],
            place=row["place"],
            on=date.fromisoformat(row["on"]),
            limit_kmh=row["limit_kmh"],
            mean_kmh=row["mean_kmh"],
            share_over=row["share_over"],
            vehicles=row["vehicles"],
            occasions=done.get(row["place_id"], {}).get("n", 0),
            controls=done.get(row["place_id"], {}).get("controls") or 0,
            reports=done.get(row["place_id"], {}).get("reports") or 0,
            after=later.get(row["place_id"]),
        )
        for row in made.rows
    ]
