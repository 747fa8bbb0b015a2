"""Every write on indicators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.indicators import rules, speed_file
from samlad.indicators.models import Indicator, SpeedMeasurement, Value
from samlad.indicators.rules import NotAllowed, Reason
from samlad.indicators.series_file import SeriesRow
from samlad.indicators.speed_file import Speed
from samlad.organisations.models import Organisation


@recorder.atomic()
def add_indicator(
    *,
    organisation_id: int,
    name: str,
    geography_type: str,
    geography: str,
    unit: str,
    dimension: str,
    direction: str,
    scale_min: float | None = None,
    scale_max: float | None = None,
    by: User | None,
    now: datetime,
) -> Indicator:
    """Add a series, or return the one that is there. `by` is None for the demonstration.

    Raises `PermissionDenied` unless `by` may edit indicators of the organisation, and `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    if by is not None:
        policy.require(by, Permission.INDICATOR_EDIT, organisation)
    rules.check_scale(scale_min, scale_max)
    indicator, made = Indicator.objects.get_or_create(
        municipality_id=organisation.municipality_id,
        name=name,
        geography_type=geography_type,
        geography=geography,
        unit=unit,
        defaults={
            "owner": organisation,
            "dimension": dimension,
            "direction": direction,
            "scale_min": scale_min,
            "scale_max": scale_max,
        },
    )
    if made:
        recorder.record(event="indicators.indicator.added", target=indicator, by=by, at=now)
    return indicator


@recorder.atomic()
def add_value(
    *,
    indicator_id: int,
    value: float,
    starts_on: date,
    ends_before: date,
    source: str,
    retrieved_on: date,
    by: User | None,
    now: datetime,
    n: int | None = None,
    response_rate: float | None = None,
    is_preliminary: bool = False,
    counted_as: str = "",
) -> Value:
    """Add a value as a source gives it; the same from the same source twice is one.

    Another number for the same period stays beside the first, dated. Raises
    `PermissionDenied` or `NotAllowed`.
    """
    indicator = Indicator.objects.select_for_update().get(pk=indicator_id)
    if by is not None:
        policy.require(by, Permission.INDICATOR_EDIT, indicator)
    rules.check_value(indicator, value)
    rules.check_period(starts_on, ends_before)
    found, made = Value.objects.get_or_create(
        indicator=indicator,
        starts_on=starts_on,
        ends_before=ends_before,
        source=source,
        value=value,
        defaults={
            "n": n,
            "response_rate": response_rate,
            "is_preliminary": is_preliminary,
            "counted_as": counted_as,
            "retrieved_on": retrieved_on,
        },
    )
    if made:
        recorder.record(
            event="indicators.value.added",
            target=indicator,
            by=by,
            at=now,
            after={"starts_on": starts_on.isoformat()},
        )
    return found


@recorder.atomic()
def take_in(
    *, organisation_id: int, rows: Sequence[SeriesRow], by: User | None, now: datetime
) -> tuple[int, list[tuple[int, str]]]:
    """Take a file's rows in; return how many values were new, and (row, why) of the others.

    Raises `PermissionDenied`.
    """
    taken, refused = 0, []
    before = Value.objects.filter(indicator__owner=organisation_id).count()
    for row in rows:
        try:
            rules.check_period(row.starts_on, row.ends_before)
            rules.check_value(  # before the series: a row that is refused leaves no empty one
                Indicator(unit=row.unit, scale_min=row.scale_min, scale_max=row.scale_max),
                row.value,
            )
            indicator = add_indicator(
                organisation_id=organisation_id,
                name=row.name,
                geography_type=row.geography_type,
                geography=row.geography,
                unit=row.unit,
                dimension=row.dimension,
                direction=row.direction,
                scale_min=row.scale_min,
                scale_max=row.scale_max,
                by=by,
                now=now,
            )
            add_value(
                indicator_id=indicator.pk,
                value=row.value,
                starts_on=row.starts_on,
                ends_before=row.ends_before,
                source=row.source,
                retrieved_on=row.retrieved_on,
                n=row.n,
                response_rate=row.response_rate,
                is_preliminary=row.is_preliminary,
                counted_as=row.counted_as,
                by=by,
                now=now,
            )
        except NotAllowed as refusal:
            refused.append((row.number, str(refusal)))
    taken = Value.objects.filter(indicator__owner=organisation_id).count() - before
    return taken, refused


@recorder.atomic()
def measure_speed(
    *, organisation_id: int, one: Speed, by: User, now: datetime, today: date
) -> SpeedMeasurement:
    """Take a measurement in; the same place and first day again replaces it.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.INDICATOR_EDIT, organisation)
    if one.place.municipality_id != organisation.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    speed_file.check(one, today)
    had = SpeedMeasurement.objects.filter(place=one.place, starts_on=one.starts_on).first()
    if had is not None:
        policy.require(by, Permission.INDICATOR_EDIT, had)
    made, new = SpeedMeasurement.objects.update_or_create(
        place=one.place,
        starts_on=one.starts_on,
        defaults={
            "municipality_id": organisation.municipality_id,
            "owner": organisation,
            "ends_before": one.ends_before,
            "limit_kmh": one.limit_kmh,
            "mean_kmh": one.mean_kmh,
            "p85_kmh": one.p85_kmh,
            "share_over": one.share_over,
            "vehicles": one.vehicles,
        },
    )
    recorder.record(
        event="indicators.speed.measured",
        target=made,
        by=by,
        at=now,
        after={"on": one.starts_on.isoformat(), "new": new},
    )
    return made
