"""Reading the chain from its first link and naming the first that does not hold."""

from __future__ import annotations

from dataclasses import dataclass

from samlad.audit import chain
from samlad.audit.models import AuditEvent, AuditHead

FIELDS = (
    "sequence",
    "event",
    "at",
    "actor",
    "target_type",
    "target_id",
    "municipality",
    "owner",
    "details",
)


@dataclass(frozen=True)
class Verification:
    """How many links hold, and the first that does not (None if all do) with what is wrong."""

    links: int
    broken_at: int | None = None
    fault: str = ""


def verify() -> Verification:
    """Walk the chain once, in bounded memory."""
    head = AuditHead.objects.get()  # what is written meanwhile is not walked
    hash_before, expected = chain.FIRST_LINK, 1
    events = AuditEvent.objects.filter(sequence__lte=head.sequence).order_by("sequence")
    for event in events.iterator(chunk_size=2000):
        if event.sequence != expected:
            return Verification(expected - 1, expected, "the event is missing")
        if event.previous_hash != hash_before:
            return Verification(expected - 1, expected, "it does not join the one before")
        fields = {name: getattr(event, name) for name in FIELDS}
        if chain.link(hash_before, **fields) != event.hash:
            return Verification(expected - 1, expected, "its content has been changed")
        hash_before, expected = event.hash, expected + 1
    if (head.sequence, head.hash) != (expected - 1, hash_before):
        return Verification(expected - 1, expected, "the last events are missing")
    return Verification(expected - 1)
