"""The engine: what counts towards a commitment, and how far it has come. Pure.

Days in, a result out; nothing is typed in. The same activities in any order give the same result,
and one more that counts never makes it worse (but for what must rise: more in its first year asks
for more in its last).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from samlad.promises.workflow import Status, Type, Unit, Why


@dataclass(frozen=True)
class Period:
    """From its first to its last day, both inside."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """Return how many days it holds."""
        return (self.ends_on - self.starts_on).days + 1

    def years(self) -> list[tuple[int, Period]]:
        """Return its calendar years, each as the part of it that lies inside.

        >>> [(y, p.days) for y, p in Period(date(2020, 7, 1), date(2021, 1, 1)).years()]
        [(2020, 184), (2021, 1)]
        """
        return [
            (
                year,
                Period(
                    max(self.starts_on, date(year, 1, 1)), min(self.ends_on, date(year, 12, 31))
                ),
            )
            for year in range(self.starts_on.year, self.ends_on.year + 1)
        ]


@dataclass(frozen=True)
class Rule:
    """What a commitment counts: "" and () narrow nothing.

    `areas` are codes; `kinds` of activity, any of them; `audiences` and `themes`, any of them;
    `partners` (keys of organisations), all of them; `target` is of each year for a count per year,
    of each area for one per area. What `must_rise` is more in the last year than in the first.
    """

    type: Type
    target: int | None = None
    unit: Unit = Unit.ACTIVITIES
    kinds: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    partners: tuple[int, ...] = ()
    themes: tuple[str, ...] = ()
    must_rise: bool = False


@dataclass(frozen=True)
class Evidence:
    """An activity as it counts: its day, and the codes of the areas it lies in, the whole too."""

    pk: int
    on: date
    kind: str
    audiences: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    organisations: tuple[int, ...] = ()
    themes: tuple[str, ...] = ()
    amounts: tuple[tuple[Unit, Decimal], ...] = ()

    def amount(self, unit: Unit) -> Decimal:
        """Return what it adds of a unit."""
        return Decimal(1) if unit == Unit.ACTIVITIES else dict(self.amounts).get(unit, Decimal(0))


@dataclass(frozen=True)
class Part:
    """A part of a result: of a calendar year, or of an area (`name` is its code)."""

    name: str
    count: Decimal
    target: int | None
    status: Status


@dataclass(frozen=True)
class Result:
    """How far a commitment has come.

    `counted` and `missed` name activities by key. `by_now` is what an even pace would have done
    by today: in the period, or in the calendar year where each year counts. `baseline`
    is a stock's value on the first day.
    """

    status: Status
    count: Decimal
    target: int | None
    parts: tuple[Part, ...] = ()
    counted: tuple[int, ...] = ()
    missed: tuple[tuple[int, Why], ...] = ()
    by_now: int | None = None
    baseline: int | None = None


def count(rule: Rule, period: Period, evidence: Sequence[Evidence], *, today: date) -> Result:
    """Return how far a commitment that counts activities has come.

    Raises `ValueError` for a type that counts none.

    >>> rule = Rule(Type.IN_PERIOD, target=4, kinds=("foraldramote", "naringslivstraff"))
    >>> period = Period(date(2023, 1, 1), date(2023, 12, 31))
    >>> done = [Evidence(i, date(2023, 3, i + 1), "foraldramote") for i in range(4)]
    >>> [count(rule, period, done[:n], today=date(2024, 1, 1)).status.value for n in (3, 4)]
    ['ej_uppfyllt', 'uppfyllt']
    """
    ordered = sorted(evidence, key=lambda one: (one.on, one.pk))
    verdicts = [(one, _why_not(rule, period, one)) for one in ordered if _is_of_kind(rule, one)]
    counted = [one for one, why in verdicts if why is None]
    missed = tuple((one.pk, why) for one, why in verdicts if why is not None)
    made = {
        Type.IN_PERIOD: _in_period,
        Type.PER_YEAR: _per_year,
        Type.PER_AREA: _per_area,
        Type.CONTINUOUS: _continuous,
    }.get(rule.type)
    if made is None:
        raise ValueError(f"{rule.type} counts no activities")
    found = made(rule, period, counted, today)
    return Result(
        status=found.status,
        count=found.count,
        target=found.target,
        parts=found.parts,
        counted=tuple(one.pk for one in counted),
        missed=missed,
        by_now=found.by_now,
    )


def _is_of_kind(rule: Rule, one: Evidence) -> bool:
    return not rule.kinds or one.kind in rule.kinds


def _why_not(rule: Rule, period: Period, one: Evidence) -> Why | None:
    if one.on < period.starts_on:
        return Why.BEFORE
    if one.on > period.ends_on:
        return Why.AFTER
    if rule.audiences and not set(rule.audiences) & set(one.audiences):
        return Why.AUDIENCE
    if rule.themes and not set(rule.themes) & set(one.themes):
        return Why.THEME
    if rule.areas and not set(rule.areas) & set(one.areas):
        return Why.AREA
    if not set(rule.partners) <= set(one.organisations):
        return Why.PARTNER
    return None


def _sum(rule: Rule, rows: Sequence[Evidence]) -> Decimal:
    return sum((one.amount(rule.unit) for one in rows), Decimal(0))


def _by_now(target: int, period: Period, today: date) -> int:
    """Return what an even pace would have done before today: whole ones, rounded down."""
    gone = (min(today, period.ends_on + timedelta(1)) - period.starts_on).days
    share = Decimal(max(gone, 0)) / Decimal(period.days)
    return int((share * target).to_integral_value(ROUND_FLOOR))


def _of_target(n: Decimal, target: int, period: Period, today: date) -> Status:
    """Return the status of a count: at risk where it is behind an even pace."""
    if n >= target:
        return Status.MET
    if today > period.ends_on:
        return Status.NOT_MET
    if n < _by_now(target, period, today):
        return Status.AT_RISK
    return Status.ONGOING if n else Status.NOT_BEGUN


def _in_period(rule: Rule, period: Period, rows: Sequence[Evidence], today: date) -> Result:
    target, n = rule.target or 1, _sum(rule, rows)
    parts = [
        Part(str(year), _sum(rule, [one for one in rows if one.on.year == year]), None,
             Status.ONGOING)
        for year, _part in period.years()
    ]  # fmt: skip
    return Result(
        _of_target(n, target, period, today), n, target, tuple(parts),
        by_now=_by_now(target, period, today),
    )  # fmt: skip


def _per_year(rule: Rule, period: Period, rows: Sequence[Evidence], today: date) -> Result:
    target = rule.target or 1
    parts = []
    by_now = 0
    for year, part in period.years():
        n = _sum(rule, [one for one in rows if one.on.year == year])
        parts.append(Part(str(year), n, target, _of_target(n, target, part, today)))
        if part.starts_on <= today <= part.ends_on:
            by_now = _by_now(target, part, today)
    return Result(
        _together([one.status for one in parts]), _sum(rule, rows), target, tuple(parts),
        by_now=by_now,
    )  # fmt: skip


def _per_area(rule: Rule, period: Period, rows: Sequence[Evidence], today: date) -> Result:
    target = rule.target or 1
    parts = []
    for code in rule.areas:
        n = _sum(rule, [one for one in rows if code in one.areas])
        parts.append(Part(code, n, target, _of_target(n, target, period, today)))
    done = sum(one.status == Status.MET for one in parts)
    wanted = len(rule.areas)
    status = _of_target(Decimal(done), wanted, period, today)
    if rows and status == Status.NOT_BEGUN:
        status = Status.ONGOING  # something is done, though no area is whole
    return Result(
        status, Decimal(done), wanted, tuple(parts), by_now=_by_now(wanted, period, today)
    )


def _continuous(rule: Rule, period: Period, rows: Sequence[Evidence], today: date) -> Result:
    """Something in every calendar year: what is continuous is never late before a year has gone.

    What must rise is judged when the period is over: more in its last year than in its first.
    """
    parts = []
    for year, part in period.years():
        n = _sum(rule, [one for one in rows if one.on.year == year])
        some = any(one.on.year == year for one in rows)
        over = today > part.ends_on
        if some:
            status = Status.MET if over else Status.ONGOING
        else:
            status = Status.NOT_MET if over else Status.NOT_BEGUN
        parts.append(Part(str(year), n, None, status))
    statuses = [one.status for one in parts]
    if today > period.ends_on:
        rose = not rule.must_rise or parts[-1].count > parts[0].count
        whole = all(one == Status.MET for one in statuses)
        status = Status.MET if whole and rose else Status.NOT_MET
    elif any(one == Status.NOT_MET for one in statuses):
        status = Status.NOT_MET
    else:
        status = Status.ONGOING if rows else Status.NOT_BEGUN
    return Result(status, _sum(rule, rows), None, tuple(parts))


def _together(statuses: Sequence[Status]) -> Status:
    """Return the status of all years: the worst that is certain, then how far it has come."""
    if Status.NOT_MET in statuses:
        return Status.NOT_MET
    if all(one == Status.MET for one in statuses):
        return Status.MET
    if Status.AT_RISK in statuses:
        return Status.AT_RISK
    begun = any(one in {Status.MET, Status.ONGOING} for one in statuses)
    return Status.ONGOING if begun else Status.NOT_BEGUN


Span = tuple[date, date | None]


def stock(
    spans: Sequence[Span], period: Period, *, today: date, target: int | None = None
) -> Result:
    """Return how a stock has changed since the period's first day.

    `spans` say from which day, and before which, each thing was there. Met once the period is
    over and it is `target` more (1 where none is said); until then it is under way, as what has
    come can go.

    >>> there = [(date(2019, 1, 1), None), (date(2021, 5, 1), None)]
    >>> found = stock(there, Period(date(2020, 1, 1), date(2022, 12, 31)), today=date(2023, 1, 1))
    >>> found.baseline, found.count, found.status.value
    (1, Decimal('1'), 'uppfyllt')
    """

    def on(day: date) -> int:
        return sum(first <= day and (before is None or day < before) for first, before in spans)

    baseline = on(period.starts_on)
    last = min(today, period.ends_on)
    wanted = target or 1
    parts = [
        Part(str(year), Decimal(on(min(part.ends_on, last))), None, Status.ONGOING)
        for year, part in period.years()
        if part.starts_on <= last
    ]
    if today < period.starts_on:
        return Result(Status.NOT_BEGUN, Decimal(0), wanted)
    change = on(last) - baseline
    if today > period.ends_on:
        status = Status.MET if change >= wanted else Status.NOT_MET
    else:
        status = Status.ONGOING if change > 0 else Status.NOT_BEGUN
    return Result(status, Decimal(change), wanted, tuple(parts), baseline=baseline)


def individuals(n: int, target: int, period: Period, *, today: date) -> Result:
    """Return how many individuals work has begun with: shown as a number to the coordinator alone.

    Raises `ValueError` unless 0 <= n <= target <= 2: the number says nothing of who.
    """
    if not 0 <= n <= target <= 2:
        raise ValueError("a count of individuals is 0 to 2")
    return Result(_of_target(Decimal(n), target, period, today), Decimal(n), target)
