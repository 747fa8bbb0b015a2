"""Every decision on a text the guard holds: clear, redact or hide it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.guard import refusing
from samlad.guard.detecting import clean, find_hits
from samlad.incidents import rules
from samlad.incidents.models import IncidentText
from samlad.incidents.workflow import ClearReason, TextState

REDACTED = "▮▮▮"


@recorder.atomic()
def clear(*, incident_id: int, reason: ClearReason, by: User, now: datetime) -> IncidentText:
    """Show a held text as it is, for a coded reason.

    Raises `PermissionDenied` unless `by` reviews for the receiving authority, or `NotAllowed`.
    """
    held = _locked(incident_id, by)
    held.reason = reason
    return _decide(held, TextState.CLEARED, by=by, now=now)


@recorder.atomic()
def redact(
    *, incident_id: int, words: Sequence[tuple[int, int]] | None, by: User, now: datetime
) -> IncidentText:
    """Take words out of a held text and show the rest: the marked ones, or those given.

    `words` are (start, end) in the text; None takes out everything the guard has marked. What
    is taken out is gone. Raises `PermissionDenied` or `NotAllowed`.
    """
    held = _locked(incident_id, by)
    spans = [(h.start, h.end) for h in find_hits(held.text)] if words is None else words
    held.text = without(held.text, spans)
    held.place_text = without(
        held.place_text, [(h.start, h.end) for h in find_hits(held.place_text)]
    )
    decided = _decide(held, TextState.REDACTED, by=by, now=now)
    transaction.on_commit(erase_traces)
    return decided


@recorder.atomic()
def reword(
    *, incident_id: int, text: str, place_text: str, by: User, now: datetime
) -> IncidentText:
    """Replace a held text by a reviewer's own, shorter one. The earlier words are gone.

    Raises `PermissionDenied`, `NotAllowed` or, for a certain hit, `PersonalData`.
    """
    held = _locked(incident_id, by)
    refusing.check(text)
    refusing.check(place_text)
    held.text, held.place_text = clean(text), clean(place_text)
    decided = _decide(held, TextState.REDACTED, by=by, now=now)
    transaction.on_commit(erase_traces)
    return decided


@recorder.atomic()
def refuse(*, incident_id: int, by: User, now: datetime) -> IncidentText:
    """Hide a held text (*avvisad*). It stays where it is until a retention decision.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    return _decide(_locked(incident_id, by), TextState.REFUSED, by=by, now=now)


@recorder.atomic()
def hold(*, incident_id: int, by: User, now: datetime) -> IncidentText:
    """Take a text from view again, to be reviewed anew: the way back from every decision.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    text = _locked(incident_id, by)
    text.reason = ""
    return _decide(text, TextState.HELD, by=by, now=now)


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text with the spans blacked out.

    >>> without("Kevin slog sönder rutan", [(0, 5)])
    '▮▮▮ slog sönder rutan'
    """
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + REDACTED + text[end:]
    return text


def _locked(incident_id: int, by: User) -> IncidentText:
    text = (
        IncidentText.objects.select_for_update(of=("self",))
        .select_related("incident")
        .get(pk=incident_id)
    )
    policy.require(by, Permission.TEXT_REVIEW, text.incident)
    return text


def _decide(text: IncidentText, after: TextState, *, by: User, now: datetime) -> IncidentText:
    rules.check_text(text, after)
    before, text.state = text.state, after
    text.decided_at = None if after == TextState.HELD else now
    text.save(update_fields=["state", "text", "place_text", "reason", "decided_at"])
    recorder.record(
        event=f"incidents.text.{after}",
        target=text.incident,
        by=by,
        at=now,
        before={"state": before},
        after={"state": after, "reason": text.reason},
    )
    return text


def erase_traces() -> None:
    """See that words taken out are in no page of the database's files.

    SQLite overwrites what is deleted (`secure_delete`) and the log is emptied here; PostgreSQL
    keeps a dead row until it is vacuumed.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM incidents_incidenttext")
