"""An evaluation and its reading in sentences: what could be seen, what was read, how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samlad.measures.workflow import Method, Obstacle, Reading

METHODS: dict[str, str | Promise] = {
    Method.COMPARISON: gettext_lazy("the change beside that of areas of the same kind"),
    Method.EARLIER_YEARS: gettext_lazy("the same weeks of earlier years"),
    Method.WEEKS_BEFORE: gettext_lazy("the weeks before those that led to the measure"),
    Method.INTERRUPTED: gettext_lazy("what the area's own season and trend foresee"),
    Method.BEFORE_AFTER: gettext_lazy("the weeks just before the start"),
    Method.DISPLACEMENT: gettext_lazy("the areas around, beside areas of the same kind"),
}
CAVEATS: dict[str, str | Promise] = {
    Method.COMPARISON: gettext_lazy(
        "Supposes that the areas had otherwise changed alike; what else began here at the same "
        "time is in the number."
    ),
    Method.EARLIER_YEARS: gettext_lazy(
        "Nothing is compared with at the same time: what changed everywhere is in the number."
    ),
    Method.WEEKS_BEFORE: gettext_lazy(
        "Less than a year of history: the season is in the number, and nothing is compared with "
        "at the same time."
    ),
    Method.INTERRUPTED: gettext_lazy(
        "The weeks that led to the measure are in its history: a return to normal shows as a fall."
    ),
    Method.BEFORE_AFTER: gettext_lazy(
        "A comparison, not a proven effect: season and the return to normal after a peak are in "
        "the number."
    ),
    Method.DISPLACEMENT: gettext_lazy(
        "A rise here may be incidents that have moved; a fall may be that the measure reaches "
        "further."
    ),
}
OBSTACLES: dict[str, str | Promise] = {
    Obstacle.PEAK: gettext_lazy("The measure was put in at a peak, and there is no older history."),
    Obstacle.SILENT: gettext_lazy("The source has not answered in enough of the weeks."),
    Obstacle.BREAK: gettext_lazy("The way of reporting has changed in between: not comparable."),
    Obstacle.HOURS: gettext_lazy(
        "It was to be read by hours, and the source no longer tells the hour of enough incidents."
    ),
    Obstacle.NO_BASELINE: gettext_lazy("There is nothing before the start to compare with."),
}
WHY_SO: dict[str, str | Promise] = {
    Reading.FALL: gettext_lazy("Fewer incidents than the comparison foresees, beyond chance."),
    Reading.RISE: gettext_lazy("More incidents than the comparison foresees, beyond chance."),
    Reading.NO_CHANGE: gettext_lazy(
        "The difference is within what chance gives. That is not the same as no effect."
    ),
    Reading.TOO_FEW: gettext_lazy("So few incidents that only very large changes would be seen."),
    Reading.UNDECIDED: gettext_lazy("The data cannot answer the question."),
}


@dataclass(frozen=True)
class Line:
    """What one method says, as a sentence, and what it cannot."""

    sentence: str
    caveat: str


@dataclass(frozen=True)
class Told:
    """A reading in words."""

    reading: str
    label: str
    why: str
    primary: Line | None
    counts: str
    supports: list[Line]


HARDLY_A_FALL = 0.95  # what would have to vanish almost wholly is not seen


def what_could_be_seen(design: Mapping[str, Any]) -> str:
    """Return in a sentence what change would probably be seen."""
    expected = round(design["expected"])
    if design["fall"] is None or design["fall"] >= HARDLY_A_FALL:
        return _(
            "With about %(n)s incidents to expect, no fall would be seen: the reading will be "
            "too few incidents, unless there are many more."
        ) % {"n": expected}
    sentence = _(
        "With about %(n)s incidents to expect, only a fall of roughly %(fall)s or more is seen."
    ) % {"n": expected, "fall": percent(design["fall"])}
    if design["rise"] is not None:
        sentence += " " + _("A rise is seen from roughly %(rise)s.") % {
            "rise": percent(design["rise"])
        }
    return sentence


def how(design: Mapping[str, Any]) -> Line:
    """Return what the effect is compared with, and what that cannot tell."""
    sentence = _("Decides: %(method)s.") % {"method": METHODS[design["method"]]}
    caveat = CAVEATS[design["method"]]
    if design["includes_peak"]:
        caveat = _(
            "The history is too short to leave out the weeks that led to the measure: the "
            "reading will at most be that it cannot be told."
        )
    return Line(sentence, str(caveat))


def period(design: Mapping[str, Any]) -> tuple[date, date]:
    """Return the first and the last day that are read."""
    last = date.fromisoformat(design["ends_before"]) - timedelta(1)
    return date.fromisoformat(design["starts_on"]), last


def tell(result: Mapping[str, Any], design: Mapping[str, Any]) -> Told:
    """Return a reading in words."""
    reading = Reading(result["reading"])
    why = OBSTACLES[result["obstacle"]] if result["obstacle"] else WHY_SO[reading]
    estimate = result["estimate"]
    return Told(
        reading=reading.value,
        label=str(reading.label),
        why=str(why),
        primary=None if estimate is None else _line(design["method"], estimate),
        counts=_(
            "%(after)s incidents in %(weeks_after)s weeks; %(expected)s would have been expected "
            "by the %(before)s in %(weeks_before)s weeks before."
        )
        % {**result, "expected": number_format(result["expected"], 1)},
        supports=[_line(one["method"], one["estimate"]) for one in result["supports"]],
    )


def _line(method: str, estimate: Mapping[str, Any]) -> Line:
    ratio = estimate["ratio"]
    words = {
        "method": METHODS[method],
        "lower": _change(estimate["lower"]),
        "upper": _change(estimate["upper"]),
    }
    if ratio is None:
        return Line(_("Beside %(method)s: no ratio can be given.") % words, str(CAVEATS[method]))
    sentence = _("Beside %(method)s: %(change)s (95%% interval %(lower)s to %(upper)s).") % {
        **words,
        "change": _change(ratio),
    }
    return Line(sentence, str(CAVEATS[method]))


def _change(ratio: float | None) -> str:
    """Return a ratio as a signed percentage."""
    if ratio is None:
        return "∞"
    change = round(100 * (ratio - 1))
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else "±"
    return f"{sign}{abs(change)} %"


def percent(share: float) -> str:
    """Return a share as a whole percentage.

    >>> percent(0.553)
    '55 %'
    """
    return f"{round(100 * share)} %"
