"""What a picture can be, and what may follow."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Draft, reviewed, adopted, replaced."""

    DRAFT = "utkast", _("Draft")
    REVIEWED = "granskad", _("Reviewed")
    ADOPTED = "fastställd", _("Adopted")
    REPLACED = "ersatt", _("Replaced")


NEXT = {
    Status.DRAFT: {Status.REVIEWED},
    Status.REVIEWED: {Status.DRAFT, Status.ADOPTED},
    Status.ADOPTED: {Status.REPLACED},
    Status.REPLACED: set(),
}


class Compilation(TextChoices):
    """How far the counting of a draft has come."""

    WAITING = "waiting", _("Waiting to be compiled")
    DONE = "done", _("Compiled")
    FAILED = "failed", _("Not compiled")


class Decision(TextChoices):
    """What the coordinator says of a finding."""

    OPEN = "open", _("Not decided")
    KEPT = "kept", _("Kept")
    REWORDED = "reworded", _("Reworded")
    DISMISSED = "dismissed", _("Dismissed")


class DismissalReason(TextChoices):
    """Why a finding is left out: coded, so that it can be followed up."""

    KNOWN_CAUSE = "known_cause", _("Known cause, already handled")
    REPORTING = "reporting", _("Changed reporting, not more incidents")
    DUPLICATE = "duplicate", _("The same as another finding")
    WRONG_INPUT = "wrong_input", _("An error in the input")
    NOT_RELEVANT = "not_relevant", _("Not relevant to the work")


class SectionKind(TextChoices):
    """The parts people write."""

    SUMMARY = "summary", _("Summary")
    OTHER = "other", _("Other information")
    ANALYSIS = "analysis", _("Analysis: likely causes")
    FOCUS = "focus", _("Focus for the coming period")
