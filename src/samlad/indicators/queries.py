"""Every read on indicators: starts at who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils.formats import number_format

from samlad.accounts.models import User
from samlad.authorization.permissions import Permission
from samlad.indicators import comparing
from samlad.indicators.comparing import Change, Interval, Observation
from samlad.indicators.models import Indicator, SpeedMeasurement, Unit, Value
from samlad.organisations.models import Municipality


@dataclass(frozen=True)
class IndicatorRow:
    """A series in a list, with its last value."""

    pk: int
    name: str
    geography: str
    geography_type: str
    unit: str
    dimension: str
    values: int
    last: str
    last_period: str


@dataclass(frozen=True)
class ValueRow:
    """One value as shown: with its interval, and how it differs from the period before.

    `is_disputed` where another number is given for the same period.
    """

    period: str
    starts_on: date
    value: float
    shown: str
    n: int | None
    response_rate: float | None
    interval: Interval | None
    is_preliminary: bool
    source: str
    counted_as: str
    retrieved_on: date
    is_disputed: bool
    change: Change | None


def indicators(user: User) -> list[IndicatorRow]:
    """Return the series `user` may read, by name."""
    readable = Indicator.objects.where_user_can(user, Permission.INDICATOR_READ)
    rows = readable.annotate(number=Count("values")).prefetch_related("values")
    return [_indicator(one) for one in rows]


def _indicator(one: Indicator) -> IndicatorRow:
    values = list(one.values.all())
    last = values[-1] if values else None
    return IndicatorRow(
        pk=one.pk,
        name=one.name,
        geography=one.geography,
        geography_type=str(one.get_geography_type_display()),
        unit=str(one.get_unit_display()),
        dimension=str(one.get_dimension_display()),
        values=len(values),
        last="" if last is None else shown(last.value),
        last_period="" if last is None else period(last.starts_on, last.ends_before),
    )


def find(user: User, pk: int) -> Indicator | None:
    """Return a series `user` may read, or None."""
    found: Indicator | None = (
        Indicator.objects.where_user_can(user, Permission.INDICATOR_READ)
        .select_related("municipality", "owner")
        .filter(pk=pk)
        .first()
    )
    return found


def values(indicator: Indicator) -> list[ValueRow]:
    """Return a series' values, the earliest first."""
    rows = list(indicator.values.all())
    spans: dict[tuple[date, date], set[float]] = {}
    for row in rows:
        spans.setdefault((row.starts_on, row.ends_before), set()).add(row.value)
    found: list[ValueRow] = []
    before: Value | None = None
    for row in rows:
        alike = before is not None and before.starts_on < row.starts_on
        found.append(
            ValueRow(
                period=period(row.starts_on, row.ends_before),
                starts_on=row.starts_on,
                value=row.value,
                shown=shown(row.value),
                n=row.n,
                response_rate=row.response_rate,
                interval=comparing.share_interval(row.value, row.n)
                if indicator.unit == Unit.SHARE and row.n
                else None,
                is_preliminary=row.is_preliminary,
                source=row.source,
                counted_as=row.counted_as,
                retrieved_on=row.retrieved_on,
                is_disputed=len(spans[row.starts_on, row.ends_before]) > 1,
                change=comparing.change(_observed(indicator, before), _observed(indicator, row))
                if alike and before is not None
                else None,
            )
        )
        before = row
    return found


def _observed(indicator: Indicator, row: Value) -> Observation:
    return Observation(
        row.value, indicator.unit, row.starts_on, row.ends_before, row.source, row.counted_as,
        row.n, row.is_preliminary,
    )  # fmt: skip


def period(starts_on: date, ends_before: date) -> str:
    """Return a period in words: a year by its number, else its first and last day.

    >>> period(date(2024, 1, 1), date(2025, 1, 1)), period(date(2018, 5, 1), date(2018, 8, 8))
    ('2024', '2018-05-01–2018-08-07')
    """
    if (starts_on.month, starts_on.day) == (1, 1) and ends_before == starts_on.replace(
        year=starts_on.year + 1
    ):
        return str(starts_on.year)
    return f"{starts_on}–{ends_before - timedelta(1)}"


def shown(value: float) -> str:
    """Return a value as it was given: no decimals added, none taken away."""
    number = int(value) if value == int(value) else value
    return str(number_format(number, force_grouping=True))


def by_year(indicator: Indicator) -> dict[int, float]:
    """Return the last known value of each whole year."""
    return {
        row.starts_on.year: row.value
        for row in indicator.values.all()
        if (row.ends_before - row.starts_on).days > 360
    }


def speeds(user: User) -> list[SpeedMeasurement]:
    """Return the measurements `user` may read, the latest first."""
    readable = SpeedMeasurement.objects.where_user_can(user, Permission.INDICATOR_READ)
    return list(readable.select_related("place", "owner"))


def latest_speeds(municipality: Municipality) -> list[SpeedMeasurement]:
    """Return the last measurement of each place."""
    rows = SpeedMeasurement.objects.filter(municipality=municipality).select_related("place")
    found: dict[int, SpeedMeasurement] = {}
    for row in rows.order_by("-starts_on", "-pk"):
        found.setdefault(row.place_id, row)
    return list(found.values())
