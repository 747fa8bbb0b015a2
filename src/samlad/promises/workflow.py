"""What a commitment can be, how far it has come, and what is counted."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Type(TextChoices):
    """Of exactly one sort: how it is counted follows from it."""

    IN_PERIOD = "period", _("a count in the period")
    PER_YEAR = "per_ar", _("a count in each calendar year")
    PER_AREA = "per_omrade", _("one for each named area")
    STOCK = "bestand", _("a stock that increases from its value on the first day")
    CONTINUOUS = "lopande", _("continuous: something in each calendar year")
    QUALITATIVE = "kvalitativt", _("qualitative: words and a status")
    INDIVIDUALS = "individer", _("a count of individuals, begun or not")


COUNTED = frozenset({Type.IN_PERIOD, Type.PER_YEAR, Type.PER_AREA, Type.CONTINUOUS})


class Status(TextChoices):
    """How far a commitment has come."""

    MET = "uppfyllt", _("met")
    ONGOING = "pagar", _("under way")
    NOT_BEGUN = "ej_paborjat", _("not begun")
    AT_RISK = "riskerar", _("risks not being met")
    NOT_MET = "ej_uppfyllt", _("not met")


class Unit(TextChoices):
    """What is counted of the activities."""

    ACTIVITIES = "aktiviteter", _("activities")
    REPORTS = "rapporter", _("reported offences")
    CONTROLS = "kontroller", _("controls")
    HANDED_OUT = "utdelat", _("handed out")
    HOURS = "timmar", _("hours")


class Why(StrEnum):
    """Why an activity of the right kind does not count."""

    BEFORE = "before"
    AFTER = "after"
    AUDIENCE = "audience"
    THEME = "theme"
    AREA = "area"
    PARTNER = "partner"
