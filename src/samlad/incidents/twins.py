"""Likely twins: rows of different sources near each other in place, time and category."""

from __future__ import annotations

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
        .select_related("source", "category", "area", "place")
    )
    refused = set(TwinRefusal.objects.values_list("first_id", "second_id"))
    found = [
        twin
        for twin in _pairs(rows, NEAR_M, NEAR_TIME)
        if (twin.first.pk, twin.second.pk) not in refused
        and (
            twin.first.occurrence_id is None
            or twin.first.occurrence_id != twin.second.occurrence_id
        )
    ]
    found.sort(key=lambda twin: (twin.distance_m is None, twin.apart, twin.distance_m or 0))
    return found[:MOST_SHOWN]


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

    Rows are walked in order of time; only those whose time is still near are held.
    """
    open_: dict[int, list[tuple[datetime, Incident]]] = {}
    for row in rows.order_by("starts_at", "pk"):
        _, end = _span(row)
        held = [
            pair
            for pair in open_.get(row.category_id or 0, [])
            if pair[0] + within >= row.starts_at
        ]
        for other_end, other in held:
            if other.source_id == row.source_id:
                continue
            distance = _distance(other, row)
            if distance is None and not _same_area(other, row):
                continue
            if distance is None or distance <= within_m:
                first, second = sorted((other, row), key=lambda one: one.pk)
                apart = max(row.starts_at - other_end, timedelta(0))
                yield Twin(first, second, distance, apart)
        held.append((end, row))
        open_[row.category_id or 0] = held


def _span(row: Incident) -> tuple[datetime, datetime]:
    length = LENGTHS.get(Precision(row.precision), timedelta(0))
    return row.starts_at, row.ends_at or row.starts_at + length


def _distance(one: Incident, other: Incident) -> float | None:
    if one.x_m is None or one.y_m is None or other.x_m is None or other.y_m is None:
        return None
    return ((one.x_m - other.x_m) ** 2 + (one.y_m - other.y_m) ** 2) ** 0.5


def _same_area(one: Incident, other: Incident) -> bool:
    return one.area_id is not None and one.area_id == other.area_id
