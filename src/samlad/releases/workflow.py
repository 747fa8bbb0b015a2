"""What a release can be, and what may follow."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What is released."""

    PROMISE = "promise", _("promise")
    TABLE = "table", _("table")


class Status(TextChoices):
    """Drafted by one, released by another, withdrawn with a reason; or discarded as a draft."""

    DRAFT = "draft", _("waits for a second person")
    RELEASED = "released", _("released")
    SUPERSEDED = "superseded", _("replaced by a newer one")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISCARDED = "discarded", _("discarded")


NEXT = {
    Status.DRAFT: {Status.RELEASED, Status.DISCARDED},
    Status.RELEASED: {Status.WITHDRAWN, Status.SUPERSEDED},
    Status.SUPERSEDED: set[Status](),
    Status.WITHDRAWN: set[Status](),
    Status.DISCARDED: set[Status](),
}


class Refusal(StrEnum):
    """Why the disclosure check says no."""

    PERSONAL_DATA = "personal_data"
    DIFFERENCE = "difference"
    TOO_SMALL = "too_small"
