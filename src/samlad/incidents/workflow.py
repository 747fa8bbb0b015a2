"""What a batch of rows can be, and what may follow."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchStatus(TextChoices):
    """Rows are seen by no query until their batch is accepted."""

    WAITING = "waiting", _("Waiting to be read")
    STAGING = "staging", _("Being read")
    ACCEPTED = "accepted", _("Accepted")
    FAILED = "failed", _("Not read")


NEXT = {
    BatchStatus.WAITING: {BatchStatus.STAGING, BatchStatus.FAILED},
    BatchStatus.STAGING: {BatchStatus.ACCEPTED, BatchStatus.FAILED, BatchStatus.WAITING},
    BatchStatus.ACCEPTED: set(),
    BatchStatus.FAILED: set(),
}
