"""How batches end: thrown away, given up, resumed after a stop, undone, withdrawn."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.incidents import actions, authorship, rules, tasks
from samlad.incidents.models import Batch, RowRejection
from samlad.incidents.workflow import BatchStatus

CUT_OFF = _("The reading was cut off. Nothing of the file was stored.")
FORGOTTEN = _("The file was not read within a day and has been thrown away.")
DISCARDED = _("The file was thrown away before it was read.")
UPLOAD_WAITS = timedelta(hours=24)
SILENT = timedelta(seconds=60)  # a reader writes down that it lives with every 2,000 rows
MOST_ATTEMPTS = 3


def resume_cut_off_batches(*, now: datetime) -> int:
    """Read again from the beginning what a stop cut off; return how many batches.

    A batch whose reader is gone loses its staged rows. If its file still waits it is read
    anew, at most three times; a file read from the command line is gone with its command.
    """
    cut_off = [
        batch for batch in Batch.objects.filter(status=BatchStatus.STAGING) if _is_gone(batch, now)
    ]
    for batch in cut_off:
        waits = actions.upload_path(batch).exists()
        if waits and batch.attempts < MOST_ATTEMPTS:
            _read_anew(batch_id=batch.pk, reader=batch.reader_process, now=now)
        else:
            actions.fail_batch(
                batch_id=batch.pk, fault=str(CUT_OFF), now=now, reader=batch.reader_process
            )
    left = Batch.objects.filter(
        status__in=[BatchStatus.FAILED, BatchStatus.UNDONE], incidents__isnull=False
    )
    for pk in set(left.values_list("pk", flat=True)):
        actions.remove_rows(pk)
    _queue_what_nobody_reads(now)
    _remove_stray_uploads()
    return len(cut_off)


def _is_gone(batch: Batch, now: datetime) -> bool:
    """Tell whether the process that read a batch has ended."""
    host, _sep, rest = batch.reader_process.partition(":")
    pid = rest.partition(":")[0]
    if host == socket.gethostname()[:60] and pid.isdecimal() and int(pid) != os.getpid():
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
    return batch.seen_at is None or now - batch.seen_at > SILENT


def _read_anew(*, batch_id: int, reader: str, now: datetime) -> None:
    with recorder.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        rules.check_accept(batch, reader=reader)
        RowRejection.objects.filter(batch=batch).delete()
        batch.status, batch.queued_at = BatchStatus.WAITING, now
        batch.save(update_fields=["status", "queued_at"])
        recorder.record(
            event="incidents.batch.resumed", target=batch, actor=authorship.author_of(batch), at=now
        )
        transaction.on_commit(partial(tasks.read_batch.enqueue, batch.pk))


def _queue_what_nobody_reads(now: datetime) -> None:
    """Queue what was taken from the queue by a worker that stopped before it began."""
    if DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists():
        return
    lost = Batch.objects.filter(status=BatchStatus.WAITING, queued_at__lt=now - SILENT)
    for batch in lost:
        if actions.upload_path(batch).exists():
            batch.queued_at = now
            batch.save(update_fields=["queued_at"])
            tasks.read_batch.enqueue(batch.pk)


def forget_waiting_batches(*, now: datetime) -> int:
    """Give up the uploads nobody has gone on with for a day: the file is not kept."""
    waiting = Batch.objects.filter(
        status=BatchStatus.WAITING, queued_at=None, created_at__lt=now - UPLOAD_WAITS
    )
    forgotten = list(waiting.values_list("pk", flat=True))
    for pk in forgotten:
        actions.fail_batch(batch_id=pk, fault=str(FORGOTTEN), now=now)
    if forgotten:
        _remove_stray_uploads()
    return len(forgotten)


@recorder.atomic()
def discard(*, batch_id: int, by: User, now: datetime) -> None:
    """Throw away an upload that has not been read.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    policy.require(by, Permission.INCIDENT_IMPORT, batch)
    rules.check_stage(batch)
    batch.status, batch.fault = BatchStatus.FAILED, str(DISCARDED)
    batch.save(update_fields=["status", "fault"])
    recorder.record(
        event="incidents.batch.discarded", target=batch, actor=authorship.acting(by, batch), at=now
    )
    transaction.on_commit(partial(actions.remove_upload, batch))


@recorder.atomic()
def end(*, batch_id: int, by: User, now: datetime) -> Batch:
    """Undo a batch as a whole, or withdraw it if an adopted picture has used it.

    Either way its rows are at once in no count or list. Undone rows are removed; withdrawn
    ones stay as what an adopted picture was counted from, and the picture stands on the count
    tables it keeps. Raises `PermissionDenied` or `NotAllowed`.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    policy.require(by, Permission.INCIDENT_IMPORT, batch)
    for source in batch.also_into.all():
        policy.require(by, Permission.INCIDENT_IMPORT, source)
    after = rules.ending_of(batch)
    batch.status, batch.ended_at = after, now
    batch.save(update_fields=["status", "ended_at"])
    recorder.record(
        event=f"incidents.batch.{after}",
        target=batch,
        actor=authorship.acting(by, batch),
        at=now,
        counts={"rows": batch.accepted},
    )
    if after == BatchStatus.UNDONE:
        transaction.on_commit(partial(tasks.remove_undone_rows.enqueue, batch.pk))
    return batch


def _remove_stray_uploads() -> None:
    """Delete every uploaded file that no batch is waiting for or reading."""
    folder = Path(settings.ENVIRONMENT.data) / "uploads"
    if not folder.exists():
        return
    alive = Batch.objects.filter(status__in=[BatchStatus.WAITING, BatchStatus.STAGING])
    kept = {str(key) for key in alive.values_list("author_key", flat=True)}
    for path in folder.iterdir():
        if path.stem not in kept:
            path.unlink(missing_ok=True)
