"""What a measure can be, and what may follow."""

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
