"""Writing the record: in the same transaction as what it speaks of, and last in it.

`atomic` is the transaction every action runs in. Events recorded inside it are held until
the outermost action is done; only then is the chain's head row locked. So no transaction
ever waits for another row while it holds the head, and the chain neither forks nor deadlocks.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from samlad.audit import chain
from samlad.audit.models import AuditEvent, AuditHead

CODED = re.compile(r"[\w.:-]{0,64}")


@dataclass
class _Pending(threading.local):
    depth: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)


_pending = _Pending()


@contextmanager
def atomic() -> Iterator[None]:
    """Run an action as one transaction with its audit events written at its end."""
    if _pending.depth:
        with _inner():
            yield
        return
    _pending.depth, _pending.events = 1, []
    try:
        with transaction.atomic():
            yield
            events, _pending.events, _pending.depth = _pending.events, [], 0
            _write(events)  # what runs on commit finds no action under way
    finally:
        _pending.depth, _pending.events = 0, []


@contextmanager
def _inner() -> Iterator[None]:
    """Run an action called by another: its events wait for the outermost one's end."""
    held = len(_pending.events)
    _pending.depth += 1
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del _pending.events[held:]
        raise
    finally:
        _pending.depth -= 1


def record(
    *,
    event: str,
    at: datetime,
    target: models.Model | None = None,
    by: models.Model | None = None,
    actor: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    changed: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    municipality: int | None = None,
    owner: int | None = None,
) -> None:
    """Record an event in the running action.

    `before` and `after` hold coded fields only (status, category, role, dates); of a text,
    a name or a coordinate only the field's name is given, in `changed`. `actor` stands in
    for `by` where the person is to stay outside the chain (a report and its batch).

    Raises `RuntimeError` outside `atomic`: an event and its cause belong together; and
    `ValueError` for a value that is no code.
    """
    if _pending.depth == 0:
        raise RuntimeError("audit.record() was called outside audit.atomic()")
    for values in (before or {}), (after or {}):
        for name, value in values.items():
            _check_coded(name, value)
    details = {
        "before": before,
        "after": after,
        "changed": list(changed),
        "counts": counts,
    }
    _pending.events.append(
        {
            "event": event,
            "at": at,
            "actor": actor or (f"user:{by.pk}" if by is not None else ""),
            "target_type": target._meta.label_lower if target is not None else "",
            "target_id": str(target.pk) if target is not None else "",
            "municipality": municipality or getattr(target, "municipality_id", None),
            "owner": owner or getattr(target, "owner_id", None),
            "details": {name: value for name, value in details.items() if value},
        }
    )


def _check_coded(name: str, value: Any) -> None:
    """Refuse what could be a text, a name or a coordinate: it could never be erased."""
    if value is None or isinstance(value, bool | int):
        return
    if not (isinstance(value, str) and CODED.fullmatch(value)):
        raise ValueError(f"audit: '{name}' is no coded value")


def _write(events: list[dict[str, Any]]) -> None:
    if not events:
        return
    if connection.vendor == "postgresql":
        # Deferred foreign keys lock their targets at commit: let them do it before the head.
        connection.check_constraints()
    head = AuditHead.objects.select_for_update().get()
    rows = []
    for event in events:
        previous, head.sequence = head.hash, head.sequence + 1
        head.hash = chain.link(previous, sequence=head.sequence, **event)
        rows.append(
            AuditEvent(sequence=head.sequence, previous_hash=previous, hash=head.hash, **event)
        )
    AuditEvent.objects.bulk_create(rows)
    head.save(update_fields=["sequence", "hash"])
