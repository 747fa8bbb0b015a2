"""Rows into the database, many at a time: each value through its own field, so also the guard.

Django's `bulk_create` takes a third of the whole reading; PostgreSQL is fed by COPY.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

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
    """Store incidents and their texts, and give them their keys. Inside a transaction."""
    if not incidents:
        return
    for incident, key in zip(incidents, _free_keys(len(incidents)), strict=True):
        incident.pk = key
        if hasattr(incident, "written"):
            incident.written.incident_id = key
    _insert(Incident, incidents)
    _insert(IncidentText, texts)


def _free_keys(number: int) -> Iterable[int]:
    """Return so many keys nobody has or gets."""
    table = Incident._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # The writer has SQLite to itself (BEGIN IMMEDIATE); keys are never used again.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    last = found[0] if found else 0
    return range(last + 1, last + 1 + number)


def _insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    fields = model._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)

    def values(row: models.Model) -> list[Any]:
        return [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(values(row))
            return
        marks = ", ".join(["%s"] * len(fields))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        cursor.executemany(statement, [values(row) for row in rows])
