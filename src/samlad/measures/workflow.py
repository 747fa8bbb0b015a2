"""What a measure can be, and what may follow."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Planned, then done, done in part, or not done and why."""

    PLANNED = "planerad", _("Planned")
    DONE = "klar", _("Done")
    PARTLY = "delvis", _("Done in part")
    NOT_DONE = "ej_gjord", _("Not done")


NEXT = {
    Status.PLANNED: {Status.DONE, Status.PARTLY, Status.NOT_DONE},
    Status.PARTLY: {Status.DONE, Status.PLANNED},
    Status.DONE: {Status.PLANNED},
    Status.NOT_DONE: {Status.PLANNED},
}


class NotDoneReason(TextChoices):
    """Why it was not done: coded, so that it can be followed up."""

    NO_TIME = "no_time", _("No time or staff")
    NO_MONEY = "no_money", _("No money")
    NOT_NEEDED = "not_needed", _("No longer needed")
    NOT_OURS = "not_ours", _("Not within our power")
    REPLACED = "replaced", _("Replaced by another measure")


class Reading(TextChoices):
    """What became of what a measure was to change; nothing surer is said anywhere."""

    FALL = "fall", _("clear fall")
    RISE = "rise", _("clear rise")
    NO_CHANGE = "no_change", _("no established change")
    TOO_FEW = "too_few", _("too few incidents")
    UNDECIDED = "undecided", _("cannot be told")


class Method(StrEnum):
    """What the treated area is compared with."""

    COMPARISON = "comparison"
    EARLIER_YEARS = "earlier_years"
    WEEKS_BEFORE = "weeks_before"
    INTERRUPTED = "interrupted"
    BEFORE_AFTER = "before_after"
    DISPLACEMENT = "displacement"


class Obstacle(StrEnum):
    """Why a reading cannot be given."""

    PEAK = "peak"
    SILENT = "silent"
    BREAK = "break"
    NO_BASELINE = "no_baseline"
    HOURS = "hours"
