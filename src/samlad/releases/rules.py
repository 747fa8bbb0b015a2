"""What a release's state allows."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samlad.releases.models import Release
from samlad.releases.workflow import NEXT, Status


class Reason(StrEnum):
    """Why something is not allowed."""

    NOT_NOW = "not_now"
    SAME_PERSON = "same_person"
    NO_REASON = "no_reason"
    NO_PUBLISHER = "no_publisher"
    NO_PERIOD = "no_period"
    PERSONAL_DATA = "personal_data"
    DIFFERENCE = "difference"
    TOO_SMALL = "too_small"
    PERSON_NEAR = "person_near"
    NO_INCIDENTS = "no_incidents"
    CHANGED = "changed"
    NOT_OVER = "not_over"
    TAKEN = "taken"
    PUBLISHED = "published"
    PERIOD = "period"
    NOT_ADOPTED = "not_adopted"
    NOTHING_CHOSEN = "nothing_chosen"
    NO_PLACES = "no_places"
    NO_MAILBOX = "no_mailbox"
    FAULTS = "faults"
    ELSEWHERE = "elsewhere"


REASONS = {
    Reason.NOT_NOW: _("The release is not in a state where that is done."),
    Reason.SAME_PERSON: _("Another person than the one who drafted it releases it."),
    Reason.NO_REASON: _("Say why it is withdrawn: residents will ask."),
    Reason.NO_PUBLISHER: _("Say first who answers for the public pages."),
    Reason.NO_PERIOD: _("A promise without a period has no progress to show."),
    Reason.PERSONAL_DATA: _("A text holds personal data: nothing was drafted."),
    Reason.DIFFERENCE: _(
        "Held against a table that has been released before, a small number could be worked out. "
        "Another level may do, or a time that has not been told of."
    ),
    Reason.TOO_SMALL: _("The table is too small to be shown: hiding what is small leaves nothing."),
    Reason.PERSON_NEAR: _(
        "The category is near persons: it is kept for the whole municipality, or was not when the "
        "table was drafted."
    ),
    Reason.CHANGED: _(
        "The numbers have changed since a table of them was released or drafted: shown again they "
        "would tell what was hidden. Draft the time after it by itself."
    ),
    Reason.NOT_OVER: _(
        "Only whole months or quarters that are over are shown, at most ten years of them."
    ),
    Reason.PERIOD: _("The end comes after the start."),
    Reason.NOT_ADOPTED: _("Residents are told of an adopted lägesbild."),
    Reason.NOTHING_CHOSEN: _("Write something, or choose a finding or a measure."),
    Reason.NO_MAILBOX: _("Open data needs a contact: say the function's mailbox first."),
    Reason.NO_PLACES: _("Name at least two places to choose among."),
    Reason.FAULTS: _("Fully compliant has no faults; with faults it is partly or not."),
    Reason.ELSEWHERE: _("All of it is of one municipality."),
    Reason.PUBLISHED: _("Pages have been released at the address: it is not changed any more."),
    Reason.TAKEN: _("Another municipality has that address."),
    Reason.NO_INCIDENTS: _("There are no incidents to count."),
}


class NotAllowed(Exception):
    """The state does not allow it; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(REASONS[self.reason])


def check_next(release: Release, after: Status) -> None:
    """Raise `NotAllowed` unless the release may become so."""
    if after not in NEXT[Status(release.status)]:
        raise NotAllowed(Reason.NOT_NOW)
