"""What a round, a reported report and an organisation's week can be, and what may follow."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Open, closed, under review, ready: the rest is the picture's own."""

    OPEN = "öppen", _("Open")
    CLOSED = "stängd", _("Closed")
    REVIEW = "granskas", _("Under review")
    READY = "klar", _("Ready")


NEXT = {
    Status.OPEN: {Status.CLOSED},
    Status.CLOSED: {Status.REVIEW, Status.OPEN},
    Status.REVIEW: {Status.READY, Status.OPEN},
    Status.READY: {Status.REVIEW},
}


class Answer(TextChoices):
    """What makes a week *lämnad*: somebody said so, or a connected source was read."""

    DONE = "done", _("Done for the week")
    NOTHING = "nothing", _("Nothing to report")
    SOURCE = "source", _("Its source was read")


class Presence(TextChoices):
    """An organisation in the roll-call. Only *lämnad* gives zeros."""

    SUBMITTED = "lämnad", _("Submitted")
    NOTHING = "inget", _("Nothing to report")
    STARTED = "påbörjad", _("Begun")
    SILENT = "tyst", _("Silent")


class Outcome(TextChoices):
    """What the review made of a report."""

    INCLUDED = "included", _("Into the picture")
    ASKED = "asked", _("Back with a question")
    LINKED = "linked", _("Linked to another report")
    REJECTED = "rejected", _("Rejected")


class RejectionReason(TextChoices):
    """Why a report does not go into the picture: coded."""

    PERSON = "person", _("It is about a person, not a place")
    NOT_SAFETY = "not_safety", _("It does not concern safety")
    TEST = "test", _("A test or a mistake")
    NOT_HERE = "not_here", _("Outside the municipality")
    POLICE_MATTER = "police_matter", _("Belongs in a police report, not here")


class Question(TextChoices):
    """What a report is sent back with: coded, so that no text about anybody arises."""

    WHERE = "where", _("Where was it, more exactly?")
    WHEN = "when", _("When was it?")
    WHAT = "what", _("What kind of incident was it?")
    SAME = "same", _("Is it the same as one you reported before?")


class ReopenReason(TextChoices):
    """Why a closed round is opened again."""

    MISSING_REPORT = "missing_report", _("An important report came late")
    WRONG_CLOCK = "wrong_clock", _("The clock was wrong")
    FAULT = "fault", _("A fault kept somebody from reporting")


class BreakReason(TextChoices):
    """Why a series before a day cannot be compared with the one after."""

    JOINED = "joined", _("The organisation joined")
    LEFT = "left", _("The organisation left")
    NEW_APP = "new_app", _("A new app or form")
    NEW_INSTRUCTION = "new_instruction", _("A new instruction to those who report")


class Level(TextChoices):
    """Which version a recipient gets."""

    WORKING = "working", _("The working version, with who does what")
    GENERAL = "general", _("The general version")
