"""What a batch of rows and a text can be, and what may follow."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchStatus(TextChoices):
    """Rows are seen by no query until their batch is accepted."""

    WAITING = "waiting", _("Not read yet")
    STAGING = "staging", _("Being read")
    ACCEPTED = "accepted", _("Read")
    FAILED = "failed", _("Not read")
    UNDONE = "undone", _("Undone")
    WITHDRAWN = "withdrawn", _("Withdrawn")


NEXT = {
    BatchStatus.WAITING: {BatchStatus.STAGING, BatchStatus.FAILED},
    BatchStatus.STAGING: {BatchStatus.ACCEPTED, BatchStatus.FAILED, BatchStatus.WAITING},
    BatchStatus.ACCEPTED: {BatchStatus.UNDONE, BatchStatus.WITHDRAWN},
    BatchStatus.FAILED: set(),
    BatchStatus.UNDONE: set(),
    BatchStatus.WITHDRAWN: set(),
}


class TextState(TextChoices):
    """Who may see a text: everybody who may see the incident, or only a reviewer."""

    SHOWN = "shown", _("Shown")
    HELD = "held", _("Waits for review")
    REMOVED = "removed", _("Not stored")
    CLEARED = "cleared", _("Reviewed and shown")
    REDACTED = "redacted", _("Redacted and shown")
    REFUSED = "refused", _("Hidden")


SHOWN_STATES = (TextState.SHOWN, TextState.CLEARED, TextState.REDACTED)

NEXT_TEXT = {
    TextState.SHOWN: {TextState.HELD},
    TextState.HELD: {TextState.CLEARED, TextState.REDACTED, TextState.REFUSED},
    TextState.REMOVED: set(),
    TextState.CLEARED: {TextState.HELD},
    TextState.REDACTED: {TextState.HELD},
    TextState.REFUSED: {TextState.HELD},
}


class ClearReason(TextChoices):
    """Why marked words point out nobody."""

    PLACE = "place", _("The name of a place, street or school")
    ORGANISATION = "organisation", _("A company, association or authority")
    PUBLIC_FIGURE = "public_figure", _("A historical or public figure, not about the person")
    NUMBER = "number", _("A number of something else")
    GROUP = "group", _("A group too large to be worked out")
    OTHER_WORD = "other_word", _("An ordinary word")
