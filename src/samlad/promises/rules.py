"""What a promise's state allows, and what a commitment of each type needs."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.promises.counting import Rule
from samlad.promises.workflow import Type


class Reason(StrEnum):
    """Why something is not allowed."""

    ELSEWHERE = "elsewhere"
    PERIOD = "period"
    NO_REASON = "no_reason"
    NO_TARGET = "no_target"
    NO_AREAS = "no_areas"
    NO_KINDS = "no_kinds"
    INDIVIDUALS = "individuals"
    SIGNED = "signed"
    BEGUN_OR_NOT = "begun_or_not"


REASONS = {
    Reason.ELSEWHERE: _("All of it is of one municipality."),
    Reason.PERIOD: _("A period has a first and a last day, in that order."),
    Reason.NO_REASON: _("Say why: it stands beside, for everybody."),
    Reason.NO_TARGET: _("Say how many."),
    Reason.NO_AREAS: _("Name the areas."),
    Reason.NO_KINDS: _("Say which kinds of activity count."),
    Reason.INDIVIDUALS: _("A count of individuals is 0 to 2, and no more than the target."),
    Reason.SIGNED: _("A signed promise keeps its day, its period and its parties."),
    Reason.BEGUN_OR_NOT: _("Of individuals it is said whether work has begun, and no more."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_rule(rule: Rule) -> None:
    """Raise `NotAllowed` unless a commitment of its type has what it needs."""
    if rule.type in {Type.IN_PERIOD, Type.PER_YEAR} and not rule.target:
        raise NotAllowed(Reason.NO_TARGET)
    if rule.type == Type.PER_AREA and not rule.areas:
        raise NotAllowed(Reason.NO_AREAS)
    counts = {Type.IN_PERIOD, Type.PER_YEAR, Type.PER_AREA, Type.CONTINUOUS}
    if rule.type in counts and not rule.kinds:
        raise NotAllowed(Reason.NO_KINDS)
    if rule.type == Type.INDIVIDUALS and not 1 <= (rule.target or 0) <= 2:
        raise NotAllowed(Reason.INDIVIDUALS)
