"""Every write on incidents, their batches, sources and categories."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import GRANTS, Permission
from samlad.incidents import rules, tasks
from samlad.incidents.models import (
    Batch,
    BatchAuthor,
    Incident,
    RowRejection,
    Source,
    SourceKind,
)
from samlad.incidents.staging import Stager, Tally
from samlad.incidents.workflow import BatchStatus
from samlad.intake import files
from samlad.intake import mapping as mappings
from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.files import IncidentFile
from samlad.intake.interpreting import Interpreter
from samlad.intake.mapping import Mapping
from samlad.organisations.models import Organisation
from samlad.places import projection

Progress = Callable[[int], None]
UNEXPECTED = _("Something in the file could not be handled. Nothing of it was stored.")
CUT_OFF = _("The reading was cut off. Nothing of the file was stored.")
FORGOTTEN = _("The file was not read within a day and has been thrown away.")
DISCARDED = _("The file was thrown away before it was read.")
UPLOAD_WAITS = timedelta(hours=24)


def _nothing(_: int) -> None:
    pass


@recorder.atomic()
def add_source(
    *,
    owner_id: int,
    code: str,
    name: str,
    kind: str,
    by: User | None,
    now: datetime,
    is_invented: bool = False,
) -> Source:
    """Register a stream of incidents that belongs to an organisation.

    Raises `PermissionDenied` unless `by` may import for that organisation.
    """
    owner = Organisation.objects.get(pk=owner_id)
    if by is not None:
        policy.require(by, Permission.INCIDENT_IMPORT, owner)
    source, made = Source.objects.get_or_create(
        municipality_id=owner.municipality_id,
        code=code,
        defaults={"owner": owner, "name": name, "kind": kind, "is_invented": is_invented},
    )
    if made:
        recorder.record(
            event="incidents.source.added",
            target=source,
            by=by,
            at=now,
            after={"kind": kind},
        )
    return source


def upload_path(batch: Batch) -> Path:
    """Return where a batch's file waits to be read."""
    return Path(settings.ENVIRONMENT.data) / "uploads" / str(batch.author_key)


@recorder.atomic()
def open_batch(
    *, source_id: int, file: IncidentFile, mapping: Mapping, by: User | None, now: datetime
) -> Batch:
    """Open a batch for a file that is to be read into a source.

    Published notices go to a source of notices and nothing else does. Raises
    `PermissionDenied` unless `by` may import for the source's owner, and `UnusableFile`.
    """
    source = Source.objects.select_related("municipality").get(pk=source_id)
    if by is not None:
        policy.require(by, Permission.INCIDENT_IMPORT, source)
    if file.is_notices != (source.kind == SourceKind.NOTICES):
        raise UnusableFile(FileFault.WRONG_SOURCE, name=file.name)
    batch = Batch.objects.create(
        source=source,
        municipality=source.municipality,
        owner_id=source.owner_id,
        importer_id=source.owner_id if by is None else _organisation_of(by, source).pk,
        file_name=file.name[:200],
        sha256=file.sha256,
        reader=file.reader,
        mapping=mapping.as_json(),
        created_at=now,
    )
    if by is not None:
        BatchAuthor.objects.create(key=batch.author_key, user=by)
    recorder.record(event="incidents.batch.opened", target=batch, actor=_author(batch), at=now)
    return batch


def receive(
    *, source_id: int, name: str, chunks: Iterable[bytes], by: User, now: datetime
) -> Batch:
    """Take an uploaded file: open its batch, with a proposed mapping, and let it wait.

    Raises `PermissionDenied`, or `UnusableFile` and then nothing is kept.
    """
    folder = Path(settings.ENVIRONMENT.data) / "uploads"
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        for chunk in chunks:
            file.write(chunk)
    waiting = Path(file.name)
    try:
        recognised = files.recognise(waiting, name=name)
        batch = open_batch(
            source_id=source_id,
            file=recognised,
            mapping=recognised.proposed_mapping(),
            by=by,
            now=now,
        )
        waiting.rename(upload_path(batch))
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return batch


@recorder.atomic()
def queue(
    *, batch_id: int, mapping: Mapping, accept_outside: bool, by: User, now: datetime
) -> Batch:
    """Keep the corrected mapping and have the file read in the background.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    policy.require(by, Permission.INCIDENT_IMPORT, batch)
    rules.check_stage(batch)
    batch.mapping = mapping.as_json()
    batch.queued_at = now
    batch.save(update_fields=["mapping", "queued_at"])
    recorder.record(event="incidents.batch.queued", target=batch, actor=_acting(by, batch), at=now)
    transaction.on_commit(partial(tasks.read_batch.enqueue, batch.pk, accept_outside))
    return batch


def read_batch(
    *,
    batch_id: int,
    file: IncidentFile,
    now: Callable[[], datetime],
    accept_outside: bool = False,
    progress: Progress = _nothing,
) -> Batch:
    """Read an opened batch's file and accept it; or mark it as not read, saying why.

    Long, and not one transaction: rows are staged in chunks that no query sees, and one
    short transaction accepts them all. Whatever fails, nothing of the batch is visible.

    Raises `NotAllowed` if the batch has been read, and `UnusableFile` after marking it.
    """
    batch = _start(batch_id)
    mapping = mappings.from_json(batch.mapping)
    try:
        crs = projection.check_crs(mapping.crs)
        stager = Stager(batch, mapping, crs=crs)
        interpreter = Interpreter(mapping, file.header, name=file.name)
        with file.rows() as raw:
            tally = stager.stage(interpreter.rows(raw), progress)
        if not accept_outside:
            check_outside(tally)
    except ValueError as error:
        asks = isinstance(error, UnusableFile) and error.reason == FileFault.MOSTLY_OUTSIDE
        if asks and upload_path(batch).exists():
            hand_back(batch_id=batch.pk, question=str(error), now=now())
        else:
            fail_batch(batch_id=batch.pk, fault=str(error), now=now())
        raise
    except Exception:
        fail_batch(batch_id=batch.pk, fault=str(UNEXPECTED), now=now())
        raise
    return accept_batch(batch_id=batch.pk, tally=tally, now=now())


def unqueue(*, batch_id: int) -> None:
    """Let a batch that could not be read now wait for a person again."""
    Batch.objects.filter(pk=batch_id, status=BatchStatus.WAITING).update(queued_at=None)


def check_outside(tally: Tally) -> None:
    """Raise `UnusableFile` if over half of the rows with a point lie outside."""
    placed = tally.placed_by_point
    if placed and 2 * tally.outside > placed:
        raise UnusableFile(FileFault.MOSTLY_OUTSIDE, outside=tally.outside, placed=placed)


@transaction.atomic
def _start(batch_id: int) -> Batch:
    """Mark a batch as being read. One batch of a source at a time: the database sees to it."""
    batch = (
        Batch.objects.select_for_update(of=("self",))
        .select_related("municipality", "source")
        .get(pk=batch_id)
    )
    rules.check_stage(batch)
    busy = Batch.objects.filter(source_id=batch.source_id, status=BatchStatus.STAGING)
    if busy.exists():
        raise rules.NotAllowed(rules.Reason.SOURCE_BUSY)
    batch.status = BatchStatus.STAGING
    batch.save(update_fields=["status"])
    return batch


@recorder.atomic()
def accept_batch(*, batch_id: int, tally: Tally, now: datetime) -> Batch:
    """Make a staged batch's rows visible, all at once, with the batch's one audit event."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    rules.check_accept(batch)
    batch.status, batch.accepted_at = BatchStatus.ACCEPTED, now
    fields = [
        "rows",
        "accepted",
        "rejected",
        "already_known",
        "unmapped",
        "outside",
        "unplaced",
    ]
    for field in fields:
        setattr(batch, field, getattr(tally, field))
    batch.save(update_fields=["status", "accepted_at", *fields])
    recorder.record(
        event="incidents.batch.accepted",
        target=batch,
        actor=_author(batch),
        at=now,
        after={"sha256": batch.sha256},
        counts={field: getattr(tally, field) for field in fields},
    )
    return batch


def fail_batch(*, batch_id: int, fault: str, now: datetime) -> None:
    """Mark a batch as not read and remove what was staged of it."""
    _remove_staged(batch_id)
    _mark_failed(batch_id=batch_id, fault=fault, now=now)


def _remove_staged(batch_id: int) -> None:
    """Remove staged rows in short transactions, so that others can write meanwhile."""
    while True:
        rows = Incident.objects.filter(batch_id=batch_id).values_list("pk", flat=True)[:5000]
        if not Incident.objects.filter(pk__in=list(rows)).delete()[0]:
            return


def hand_back(*, batch_id: int, question: str, now: datetime) -> None:
    """Let a person answer a question about the file; nothing of it is kept meanwhile."""
    _remove_staged(batch_id)
    with recorder.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        RowRejection.objects.filter(batch=batch).delete()
        batch.status, batch.queued_at, batch.fault = BatchStatus.WAITING, None, question
        batch.save(update_fields=["status", "queued_at", "fault"])
        recorder.record(
            event="incidents.batch.handed_back", target=batch, actor=_author(batch), at=now
        )


@recorder.atomic()
def _mark_failed(*, batch_id: int, fault: str, now: datetime) -> None:
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    RowRejection.objects.filter(batch=batch).delete()
    batch.status, batch.fault = BatchStatus.FAILED, fault
    batch.save(update_fields=["status", "fault"])
    recorder.record(event="incidents.batch.failed", target=batch, actor=_author(batch), at=now)


def fail_abandoned_batches(*, now: datetime) -> int:
    """Mark the batches whose reading was cut off (a killed worker) as not read.

    Called when a worker starts, before it takes work: then nothing is being read.
    """
    cut_off = list(Batch.objects.filter(status=BatchStatus.STAGING).values_list("pk", flat=True))
    for pk in cut_off:
        fail_batch(batch_id=pk, fault=str(CUT_OFF), now=now)
    _remove_stray_uploads()
    return len(cut_off)


def forget_waiting_batches(*, now: datetime) -> int:
    """Give up the uploads nobody has gone on with for a day: the file is not kept."""
    waiting = Batch.objects.filter(
        status=BatchStatus.WAITING, queued_at=None, created_at__lt=now - UPLOAD_WAITS
    )
    forgotten = list(waiting.values_list("pk", flat=True))
    for pk in forgotten:
        fail_batch(batch_id=pk, fault=str(FORGOTTEN), now=now)
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
        event="incidents.batch.discarded", target=batch, actor=_acting(by, batch), at=now
    )
    transaction.on_commit(partial(remove_upload, batch))


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


def remove_upload(batch: Batch) -> None:
    """Delete the uploaded file: once read, it is not kept."""
    path = upload_path(batch)
    if path.exists():
        os.unlink(path)


@recorder.atomic()
def note_reading(*, by: User, now: datetime, rows: int) -> None:
    """Record that a person read many incidents at once; the query decided which."""
    for scope in sorted(
        policy.scopes_where(by, Permission.INCIDENT_READ), key=lambda s: s.municipality
    )[:1]:
        recorder.record(
            event="incidents.rows.read",
            by=by,
            at=now,
            municipality=scope.municipality,
            owner=scope.organisation,
            counts={"rows": rows},
        )


def _author(batch: Batch) -> str:
    """Return who, for the audit chain: the organisation and a key that can be forgotten."""
    return f"org:{batch.importer_id}:{batch.author_key.hex}"


def _acting(user: User, batch: Batch) -> str:
    """Return who acts on a batch now: its author's key, or a new one for somebody else."""
    if BatchAuthor.objects.filter(key=batch.author_key, user=user).exists():
        return _author(batch)
    key = BatchAuthor.objects.create(key=uuid.uuid4(), user=user).key
    return f"org:{_organisation_of(user, batch).pk}:{key.hex}"


def _organisation_of(user: User, thing: Source | Batch) -> Organisation:
    """Return the organisation a person imports for: the owner's if it is theirs, else their own."""
    own = [
        membership.organisation
        for membership in policy.memberships(user)
        if membership.municipality_id == thing.municipality_id
        and Permission.INCIDENT_IMPORT in GRANTS[membership.role]
    ]
    return next((o for o in own if o.pk == thing.owner_id), own[0])
