"""What a group, a meeting and an agreement can be, and what may follow."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class GroupStatus(TextChoices):
    """A council can be there before it has met."""

    FORMING = "bildas", _("being formed")
    ACTIVE = "verksam", _("active")
    ENDED = "avslutad", _("ended")


class Status(TextChoices):
    """A meeting is planned, then held or called off."""

    PLANNED = "planerat", _("planned")
    HELD = "hallet", _("held")
    CANCELLED = "installt", _("called off")


NEXT = {
    Status.PLANNED: {Status.HELD, Status.CANCELLED},
    Status.HELD: set(),
    Status.CANCELLED: {Status.PLANNED},
}


class GroupType(TextChoices):
    """What sort of group; its name is free."""

    STRATEGIC = "strategiskt_rad", _("strategic council (10 §)")
    SAFETY = "trygghetsrad", _("safety council")
    STEERING = "styrgrupp", _("steering group")
    OPERATIVE = "operativ", _("operative EST group")
    MANAGERS = "chefer", _("group of managers")
    COOPERATION = "samverkansgrupp", _("cooperation group")
    CASEWORK = "individarenden", _("group on individuals: dates and attendance only")
    OTHER = "annan", _("other group")


class OutcomeKind(TextChoices):
    """What a decision does."""

    MEASURE = "atgard", _("a measure")
    STATEMENT = "stallningstagande", _("a position taken")
    ESCALATED = "lyfts", _("put to another group")
    ANSWERED = "svar", _("answer to another group")
