"""What an indicator's values must be."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.indicators.models import Indicator, Unit


class Reason(StrEnum):
    """Why a value is not taken."""

    OFF_THE_SCALE = "off_the_scale"
    NOT_A_SHARE = "not_a_share"
    NOT_WHOLE = "not_whole"
    NO_PERIOD = "no_period"
    NO_SCALE = "no_scale"
    NOT_A_SPEED = "not_a_speed"
    ELSEWHERE = "elsewhere"


REASONS = {
    Reason.OFF_THE_SCALE: _("The value lies outside the scale of the series."),
    Reason.NOT_A_SHARE: _("A share lies between 0 and 100 percent."),
    Reason.NOT_WHOLE: _("A number is whole and not negative."),
    Reason.NOT_A_SPEED: _("The speeds or the limit cannot be right."),
    Reason.ELSEWHERE: _("The place is in another municipality."),
    Reason.NO_PERIOD: _("The period ends after it begins."),
    Reason.NO_SCALE: _("The highest value of a scale lies above its lowest."),
}


class NotAllowed(Exception):
    """The value cannot be of this series; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_scale(low: float | None, high: float | None) -> None:
    """Raise `NotAllowed` if a scale's highest value is not above its lowest."""
    if low is not None and high is not None and high <= low:
        raise NotAllowed(Reason.NO_SCALE)


def check_period(starts_on: date, ends_before: date) -> None:
    """Raise `NotAllowed` unless a period ends after it begins."""
    if ends_before <= starts_on:
        raise NotAllowed(Reason.NO_PERIOD)


def check_value(indicator: Indicator, value: float) -> None:
    """Raise `NotAllowed` unless the value can be of the series."""
    low, high = indicator.scale_min, indicator.scale_max
    if (low is not None and value < low) or (high is not None and value > high):
        raise NotAllowed(Reason.OFF_THE_SCALE)
    if indicator.unit == Unit.SHARE and not 0 <= value <= 100:
        raise NotAllowed(Reason.NOT_A_SHARE)
    if indicator.unit == Unit.COUNT and (value < 0 or value != int(value)):
        raise NotAllowed(Reason.NOT_WHOLE)
