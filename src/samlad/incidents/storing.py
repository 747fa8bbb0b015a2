"""Rows into the database, many at a time. Their texts have passed the guard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from samlad.incidents import rules
from samlad.incidents.models import Batch, Incident, IncidentText
from samlad.incidents.workflow import BatchStatus


def note_alive(batch: Batch, *, now: datetime) -> None:
    """Write down that the batch is still being read, by this reader.

    Raises `NotAllowed` if somebody else has ended the reading.
    """
    mine = Batch.objects.filter(
        pk=batch.pk, status=BatchStatus.STAGING, reader_process=batch.reader_process
    )
    if not mine.update(seen_at=now):
        raise rules.NotAllowed(rules.Reason.NOT_STAGING)


def store(incidents: Sequence[Incident], texts: Sequence[IncidentText]) -> None:
    """Store incidents and their texts."""
    Incident.objects.bulk_create(incidents, batch_size=500)
    for incident in incidents:
        if hasattr(incident, "written"):
            incident.written.incident = incident
    IncidentText.objects.bulk_create(texts, batch_size=500)
