"""A commitment in words: what is promised, how far it has come, and by which rule it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samlad.activities.bands import Interval, total
from samlad.promises.counting import Part, Result
from samlad.promises.queries import Progress
from samlad.promises.workflow import Status, Type, Unit

FEW = 5
FEW_HIDDEN = frozenset({Unit.REPORTS, Unit.HANDED_OUT})


@dataclass(frozen=True)
class Told:
    """A commitment as it is shown: `status` is a code, `label` its words.

    `share` is how much of a count is done [0-1], None of what is no count. `lines` are years or
    areas with their numbers and words.
    """

    position: int
    text: str
    status: str
    label: str
    said: str
    rule: str
    share: float | None
    lines: list[tuple[str, str, str]]
    judged: str


def tell(one: Progress) -> Told:
    """Return a commitment in words, without any number of individuals."""
    status = one.status
    if one.hides_count and status is not None and status != Status.NOT_BEGUN:
        status = Status.ONGOING
    label = _("no period is set") if status is None else _label(one, status)
    return Told(
        position=one.commitment.position,
        text=one.version.text,
        status="" if status is None else status.value,
        label=label,
        said=_said(one),
        rule=_rule(one),
        share=_share(one),
        lines=[]
        if one.hides_count or one.result is None
        else [_line(one, p) for p in one.result.parts],
        judged="" if one.judgement is None else one.judgement.reason,
    )


def _label(one: Progress, status: Status) -> str:
    if one.hides_count:
        return _("begun") if status != Status.NOT_BEGUN else _("not begun")
    return str(status.label)


def _said(one: Progress) -> str:
    result = one.result
    if one.status is None:
        return _("Nothing is counted until the promise has a period.")
    if result is None or one.hides_count:
        return ""
    if one.type == Type.STOCK:
        if result.baseline is None:
            return ""
        return _("%(change)s since the first day, when there were %(baseline)s.") % {
            "change": _signed(int(result.count)), "baseline": result.baseline or 0
        }  # fmt: skip
    n = _total(one, result)
    if one.type == Type.PER_AREA:
        return _("%(n)s of %(target)s areas.") % {"n": n, "target": result.target}
    if one.type == Type.IN_PERIOD:
        return _("%(n)s of at least %(target)s.") % {"n": n, "target": result.target}
    if one.type == Type.PER_YEAR:
        return _("%(n)s in all; at least %(target)s in each calendar year.") % {
            "n": n, "target": result.target
        }  # fmt: skip
    unit = Unit(one.version.unit)
    said = _("%(n)s %(unit)s.") % {"n": n, "unit": unit.label}
    if unit in {Unit.REPORTS, Unit.CONTROLS, Unit.HOURS}:
        said += " " + _("It says what was done, not what came of it.")
    return said


def _rule(one: Progress) -> str:
    """Return by which rule a count is judged while the period goes on."""
    result = one.result
    if result is None or result.by_now is None or one.is_deviation:
        return ""
    if one.status not in {Status.AT_RISK, Status.ONGOING, Status.NOT_BEGUN}:
        return ""
    return ngettext(
        "At an even pace at least %(n)s would be done by now.",
        "At an even pace at least %(n)s would be done by now.",
        result.by_now,
    ) % {"n": result.by_now}


def _share(one: Progress) -> float | None:
    result = one.result
    counts = {Type.IN_PERIOD, Type.PER_AREA}
    if one.version.unit in FEW_HIDDEN:
        return None
    if result is None or one.type not in counts or not result.target or one.is_deviation:
        return None
    return min(float(result.count) / result.target, 1.0)


def _line(one: Progress, part: Part) -> tuple[str, str, str]:
    name = one.area_names.get(part.name, part.name)
    n = _number(one, part.count)
    if part.target is None:
        told = one.type == Type.CONTINUOUS and not one.version.must_rise
        words = str(part.status.label) if told else ""
        return name, n, words
    return name, _("%(n)s of %(target)s") % {"n": n, "target": part.target}, str(part.status.label)


def _total(one: Progress, result: Result) -> str:
    """Return the sum: between two numbers where a part of it is told as few."""
    few = [part for part in result.parts if 0 < part.count < FEW]
    if one.version.unit not in FEW_HIDDEN or not few:
        return _number(one, result.count)
    rest = int(result.count - sum(part.count for part in few))
    return str(total([Interval(rest, rest), *(Interval(1, FEW - 1) for _part in few)]))


def _number(one: Progress, count: Decimal) -> str:
    """Return a count; few of what persons have done or been given are said to be that."""
    if one.version.unit in FEW_HIDDEN and 0 < count < FEW:
        return f"1\N{EN DASH}{FEW - 1}"
    return number_format(count.normalize() if count else 0, use_l10n=True)


def _signed(n: int) -> str:
    return f"+{n}" if n > 0 else f"\N{MINUS SIGN}{-n}" if n < 0 else "±0"
