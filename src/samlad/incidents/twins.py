"""Likely twins: rows of different sources near each other in place, time and category."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Incident, IncidentQuerySet, LinkRule, SourceKind, TwinRefusal
from samlad.intake.rows import Precision

NEAR_M = 250
NEAR_TIME = timedelta(hours=24)
MOST_SHOWN = 100
CROWD = 100  # rows of one category in one square or area at one time
LENGTHS = {
    Precision.MINUTE: timedelta(0),
    Precision.HOUR: timedelta(hours=1),
    Precision.DAY: timedelta(days=1),
}


@dataclass(frozen=True)
class Twin:
    """Two rows that may be the same thing. Without points both are in one area."""

    first: Incident
    second: Incident
    distance_m: float | None
    apart: timedelta


def likely(*, user: User, starts_on: date, ends_before: date) -> list[Twin]:
    """Return pairs nobody has decided on, the nearest first, at most 100.

    Same category, different sources, within 250 m (or, without points, in the same place or
    area) and within 24 hours.
    """
    rows = (
        Incident.objects.accepted()
        .where_user_can(user, Permission.INCIDENT_LINK)
        .filter(
            source__kind=SourceKind.REPORTS,
            category__isnull=False,
            happened_on__gte=starts_on,
            happened_on__lt=ends_before,
        )
        .exclude(precision=Precision.MONTH)
        .select_related("source", "category", "area", "place", "written")
    )
    refused = set(TwinRefusal.objects.values_list("first_id", "second_id"))
    found = (
        twin
        for twin in _pairs(rows, NEAR_M, NEAR_TIME)
        if (twin.first.pk, twin.second.pk) not in refused
        and (
            twin.first.occurrence_id is None
            or twin.first.occurrence_id != twin.second.occurrence_id
        )
    )
    return heapq.nsmallest(
        MOST_SHOWN,
        found,
        key=lambda twin: (twin.distance_m is None, twin.apart, twin.distance_m or 0, twin.first.pk),
    )


def by_rule(rule: LinkRule) -> list[tuple[int, int]]:
    """Return the pairs a rule links: unlinked rows with exactly one twin on either side."""
    rows = (
        Incident.objects.accepted()
        .filter(source__in=[rule.first_id, rule.second_id], category__isnull=False)
        .filter(occurrence__isnull=True)
        .exclude(precision=Precision.MONTH)
    )
    refused = set(TwinRefusal.objects.values_list("first_id", "second_id"))
    pairs = [
        (twin.first.pk, twin.second.pk)
        for twin in _pairs(rows, rule.within_m, timedelta(hours=rule.within_hours))
        if twin.distance_m is not None
    ]
    seen = Counter(pk for pair in pairs for pk in pair)
    return [pair for pair in pairs if seen[pair[0]] == seen[pair[1]] == 1 and pair not in refused]


def _pairs(rows: IncidentQuerySet, within_m: float, within: timedelta) -> Iterator[Twin]:
    """Return the pairs near each other, each once, the lower key first.

    Rows are walked in order of time, kept by category and square (or, without a point, by
    area); only those whose time is still near are held. A crowd in one square and one time is
    no pair: beyond `CROWD` rows there, the earliest are let go.
    """
    held: dict[tuple, list[tuple[datetime, Incident]]] = {}
    for row in rows.order_by("starts_at", "pk"):
        for key in _around(row, within_m):
            near = [pair for pair in held.get(key, ()) if pair[0] + within >= row.starts_at]
            held[key] = near
            for other_end, other in near:
                distance = _distance(other, row)
                if other.source_id != row.source_id and (distance is None or distance <= within_m):
                    first, second = sorted((other, row), key=lambda one: one.pk)
                    apart = max(row.starts_at - other_end, timedelta(0))
                    yield Twin(first, second, distance, apart)
        own = held.setdefault(_key(row, within_m), [])
        own.append((_span(row)[1], row))
        del own[:-CROWD]


def _key(row: Incident, within_m: float) -> tuple:
    if row.x_m is None or row.y_m is None:
        return row.category_id, "area", row.area_id
    return row.category_id, int(row.x_m // within_m), int(row.y_m // within_m)


def _around(row: Incident, within_m: float) -> list[tuple]:
    """Return the keys under which a row's twins may be held."""
    if row.x_m is None or row.y_m is None:
        return [] if row.area_id is None else [_key(row, within_m)]
    category, across, up = _key(row, within_m)
    return [(category, across + i, up + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def _span(row: Incident) -> tuple[datetime, datetime]:
    length = LENGTHS.get(Precision(row.precision), timedelta(0))
    return row.starts_at, row.ends_at or row.starts_at + length


def _distance(one: Incident, other: Incident) -> float | None:
    if one.x_m is None or one.y_m is None or other.x_m is None or other.y_m is None:
        return None
    return ((one.x_m - other.x_m) ** 2 + (one.y_m - other.y_m) ** 2) ** 0.5
