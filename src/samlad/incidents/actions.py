"""Every write on sources, and on batches until they are accepted or fail."""

from __future__ import annotations

import os
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.guard import refusing
from samlad.incidents import authorship, rules, tasks
from samlad.incidents.models import (
    Batch,
    BatchAuthor,
    Incident,
    RowRejection,
    SavedMapping,
    Source,
    SourceKind,
)
from samlad.incidents.naming import word_key
from samlad.incidents.staging import Stager, Tally
from samlad.incidents.workflow import BatchStatus
from samlad.intake import files
from samlad.intake import mapping as mappings
from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.files import IncidentFile
from samlad.intake.interpreting import Interpreter
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Row
from samlad.organisations.models import Organisation
from samlad.places import projection
from samlad.places.errors import BadGeometry

Progress = Callable[[int], None]
UNEXPECTED = _("Something in the file could not be handled. Nothing of it was stored.")


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

    Raises `PermissionDenied` unless `by` may import for that organisation, and `NotAllowed`
    if the code is another organisation's.
    """
    owner = Organisation.objects.get(pk=owner_id)
    if by is not None:
        policy.require(by, Permission.INCIDENT_IMPORT, owner)
    source, made = Source.objects.get_or_create(
        municipality_id=owner.municipality_id,
        code=code,
        defaults={"owner": owner, "name": name, "kind": kind, "is_invented": is_invented},
    )
    if source.owner_id != owner.pk:
        raise rules.NotAllowed(rules.Reason.SOURCE_OF_ANOTHER)
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
    *,
    source_id: int,
    file: IncidentFile,
    mapping: Mapping,
    by: User | None,
    now: datetime,
    accept_outside: bool = False,
) -> Batch:
    """Open a batch for a file that is to be read into a source.

    Published notices go to a source of notices and nothing else does. A header that holds
    personal data is no header: the first row is one of the rows. Raises `PermissionDenied`
    unless `by` may import for the source's owner, and `UnusableFile`.
    """
    source = Source.objects.select_related("municipality").get(pk=source_id)
    if by is not None:
        policy.require(by, Permission.INCIDENT_IMPORT, source)
    if file.is_notices != (source.kind == SourceKind.NOTICES):
        raise UnusableFile(FileFault.WRONG_SOURCE, name=file.name)
    if any(refusing.points_at_a_person(column) for column in file.header):
        raise UnusableFile(FileFault.NO_HEADER, name=file.name)
    batch = Batch.objects.create(
        source=source,
        municipality=source.municipality,
        owner_id=source.owner_id,
        importer_id=source.owner_id if by is None else authorship.organisation_of(by, source).pk,
        file_name=file.name[:200],
        about_rows=file.about_rows,
        accept_outside=accept_outside,
        sha256=file.sha256,
        reader=file.reader,
        mapping=mapping.as_json(),
        created_at=now,
    )
    if by is not None:
        BatchAuthor.objects.create(key=batch.author_key, user=by)
    else:
        batch.also_into.set(_sources_of_the_kind(source))  # from the command line: all of them
    recorder.record(
        event="incidents.batch.opened", target=batch, actor=authorship.author_of(batch), at=now
    )
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
            mapping=proposed_mapping(recognised, source_id=source_id, by=by),
            by=by,
            now=now,
        )
        waiting.rename(upload_path(batch))
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return batch


def proposed_mapping(file: IncidentFile, *, source_id: int, by: User | None) -> Mapping:
    """Return how the person's organisation reads files of this shape, or what is guessed."""
    source = Source.objects.get(pk=source_id)
    owner_id = source.owner_id if by is None else authorship.organisation_of(by, source).pk
    saved = SavedMapping.objects.filter(owner_id=owner_id, shape=file.shape).first()
    return file.proposed_mapping() if saved is None else mappings.from_json(saved.mapping)


@recorder.atomic()
def queue(
    *,
    batch_id: int,
    file: IncidentFile,
    mapping: Mapping,
    accept_outside: bool,
    by: User,
    now: datetime,
) -> Batch:
    """Keep the corrected mapping, for files of this shape too, and have the file read.

    Raises `PermissionDenied` or `NotAllowed`.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    policy.require(by, Permission.INCIDENT_IMPORT, batch)
    rules.check_stage(batch)
    batch.mapping = mapping.as_json()
    batch.queued_at, batch.accept_outside = now, accept_outside
    batch.save(update_fields=["mapping", "queued_at", "accept_outside"])
    author = BatchAuthor.objects.get(key=batch.author_key).user
    batch.also_into.set(_sources_both_import_to(batch, by, author))
    SavedMapping.objects.update_or_create(
        owner=authorship.organisation_of(by, batch),
        shape=file.shape,
        defaults={"mapping": mapping.as_json(), "saved_at": now},
    )
    recorder.record(
        event="incidents.batch.queued", target=batch, actor=authorship.acting(by, batch), at=now
    )
    transaction.on_commit(partial(tasks.read_batch.enqueue, batch.pk))
    return batch


def read_batch(
    *,
    batch_id: int,
    file: IncidentFile,
    now: Callable[[], datetime],
    progress: Progress = _nothing,
) -> Batch:
    """Read an opened batch's file and accept it; or mark it as not read, saying why.

    Long, and not one transaction: rows are staged in chunks that no query sees, and one
    short transaction accepts them all. Whatever fails, nothing of the batch is visible.

    Raises `NotAllowed` if the batch has been read, and `UnusableFile` after marking it.
    """
    batch = _start(batch_id, now())
    mapping = mappings.from_json(batch.mapping)
    reader = batch.reader_process
    try:
        remove_rows(batch.pk)  # what an earlier reader, cut off, may have left
        others = _by_name([batch.source, *batch.also_into.all()])  # decided when it was sent
        stager = _stager(batch, mapping, now=now, others=others)
        tally = _stage(stager, file, mapping, progress)
        if not batch.accept_outside:
            check_outside(tally)
    except rules.NotAllowed:
        raise  # somebody else has ended the reading, or has begun it anew
    except (UnusableFile, BadGeometry) as error:
        asks = isinstance(error, UnusableFile) and error.reason == FileFault.MOSTLY_OUTSIDE
        if asks and upload_path(batch).exists():
            hand_back(batch_id=batch.pk, question=str(error), now=now())
        else:
            fail_batch(batch_id=batch.pk, fault=str(error), now=now(), reader=reader)
        raise
    except Exception:
        fail_batch(batch_id=batch.pk, fault=str(UNEXPECTED), now=now(), reader=reader)
        raise
    also_into = stager.sources_used - {batch.source_id}
    return accept_batch(
        batch_id=batch.pk, tally=tally, also_into=also_into, reader=reader, now=now()
    )


def try_reading(
    *,
    source: Source,
    file: IncidentFile,
    mapping: Mapping,
    now: Callable[[], datetime],
    progress: Progress = _nothing,
) -> Tally:
    """Return what would become of a file's rows. Nothing is written. Raises `UnusableFile`."""
    if file.is_notices != (source.kind == SourceKind.NOTICES):
        raise UnusableFile(FileFault.WRONG_SOURCE, name=file.name)
    batch = Batch(source=source, municipality=source.municipality, owner_id=source.owner_id)
    others = _by_name([source, *_sources_of_the_kind(source)])
    stager = _stager(batch, mapping, now=now, others=others, write=False)
    return _stage(stager, file, mapping, progress)


def understood(batch: Batch, mapping: Mapping, rows: Sequence[Row]) -> list[Incident]:
    """Return rows as incidents, placed and with their words guarded; nothing is stored."""
    stager = _stager(batch, mapping, now=lambda: batch.created_at, others={}, write=False)
    return stager.incidents([(row, batch.source) for row in rows]) if rows else []


def _stager(
    batch: Batch,
    mapping: Mapping,
    *,
    now: Callable[[], datetime],
    others: dict[str, Source],
    write: bool = True,
) -> Stager:
    crs = projection.check_crs(mapping.crs)
    return Stager(batch, mapping, crs=crs, now=now, others=others, write=write)


def _stage(stager: Stager, file: IncidentFile, mapping: Mapping, progress: Progress) -> Tally:
    interpreter = Interpreter(mapping, file.header, name=file.name)
    with file.rows() as raw:
        return stager.stage(interpreter.rows(raw), progress)


def _sources_of_the_kind(source: Source) -> QuerySet[Source]:
    """Return the other sources of the municipality that hold the same kind of rows."""
    same = Source.objects.filter(municipality_id=source.municipality_id, kind=source.kind)
    return same.exclude(pk=source.pk)


def _sources_both_import_to(batch: Batch, by: User, author: User) -> list[Source]:
    """Return the other sources rows may name: the sender and the uploader may import to them."""
    others = _sources_of_the_kind(batch.source)
    may = Permission.INCIDENT_IMPORT
    return [one for one in others if policy.can(by, may, one) and policy.can(author, may, one)]


def _by_name(sources: Iterable[Source]) -> dict[str, Source]:
    """Return the sources a row may name, by name and by code."""
    return {word_key(word): source for source in sources for word in (source.name, source.code)}


def unqueue(*, batch_id: int) -> None:
    """Let a batch that could not be read now wait for a person again."""
    Batch.objects.filter(pk=batch_id, status=BatchStatus.WAITING).update(queued_at=None)


def check_outside(tally: Tally) -> None:
    """Raise `UnusableFile` if over half of the rows with a point lie outside."""
    placed = tally.placed_by_point
    if placed and 2 * tally.outside > placed:
        raise UnusableFile(FileFault.MOSTLY_OUTSIDE, outside=tally.outside, placed=placed)


@transaction.atomic
def _start(batch_id: int, now: datetime) -> Batch:
    """Mark a batch as being read. One batch of a source at a time: the database sees to it.

    A file whose rows name their sources is read alone in its municipality.
    """
    batch = (
        Batch.objects.select_for_update(of=("self",))
        .select_related("municipality", "source")
        .get(pk=batch_id)
    )
    rules.check_stage(batch)
    staging = Batch.objects.filter(
        municipality_id=batch.municipality_id, status=BatchStatus.STAGING
    )
    for other in staging:
        several = {"source"} & {*other.mapping["columns"], *batch.mapping["columns"]}
        if several or other.source_id == batch.source_id:
            raise rules.NotAllowed(rules.Reason.SOURCE_BUSY)
    batch.status, batch.seen_at = BatchStatus.STAGING, now
    batch.attempts += 1
    batch.reader_process = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    batch.save(update_fields=["status", "seen_at", "attempts", "reader_process"])
    return batch


@recorder.atomic()
def accept_batch(
    *, batch_id: int, tally: Tally, also_into: Iterable[int], reader: str, now: datetime
) -> Batch:
    """Make a staged batch's rows visible, all at once, with the batch's one audit event."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    rules.check_accept(batch, reader=reader)
    batch.status, batch.accepted_at, batch.notes = BatchStatus.ACCEPTED, now, dict(+tally.notes)
    batch.also_into.set(also_into)
    fields = [
        "rows",
        "accepted",
        "rejected",
        "already_known",
        "unmapped",
        "outside",
        "unplaced",
        "held",
        "removed",
    ]
    for field in fields:
        setattr(batch, field, getattr(tally, field))
    batch.save(update_fields=["status", "accepted_at", "notes", *fields])
    recorder.record(
        event="incidents.batch.accepted",
        target=batch,
        actor=authorship.author_of(batch),
        at=now,
        after={"sha256": batch.sha256},
        counts={field: getattr(tally, field) for field in fields},
    )
    return batch


def fail_batch(*, batch_id: int, fault: str, now: datetime, reader: str | None = None) -> None:
    """Mark a batch as not read and remove what was staged of it.

    With `reader` only if it is still that reader's: another may have begun anew.
    """
    if _mark_failed(batch_id=batch_id, fault=fault, now=now, reader=reader):
        remove_rows(batch_id)


def remove_rows(batch_id: int) -> None:
    """Remove a batch's rows in short transactions, so that others can write meanwhile."""
    while True:
        rows = Incident.objects.filter(batch_id=batch_id).values_list("pk", flat=True)[:5000]
        if not Incident.objects.filter(pk__in=list(rows)).delete()[0]:
            return


def hand_back(*, batch_id: int, question: str, now: datetime) -> None:
    """Let a person answer a question about the file; nothing of it is kept meanwhile."""
    remove_rows(batch_id)
    with recorder.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
        RowRejection.objects.filter(batch=batch).delete()
        batch.status, batch.queued_at, batch.fault = BatchStatus.WAITING, None, question
        batch.save(update_fields=["status", "queued_at", "fault"])
        recorder.record(
            event="incidents.batch.handed_back",
            target=batch,
            actor=authorship.author_of(batch),
            at=now,
        )


@recorder.atomic()
def _mark_failed(*, batch_id: int, fault: str, now: datetime, reader: str | None) -> bool:
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if reader is not None and batch.reader_process != reader:
        return False
    RowRejection.objects.filter(batch=batch).delete()
    batch.status, batch.fault = BatchStatus.FAILED, fault
    batch.save(update_fields=["status", "fault"])
    recorder.record(
        event="incidents.batch.failed", target=batch, actor=authorship.author_of(batch), at=now
    )
    return True


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


@recorder.atomic()
def note_export(thing: Batch | Source, *, form: str, rows: int, by: User, now: datetime) -> None:
    """Record that incidents left the system as a file. The caller has found them for `by`."""
    recorder.record(
        event="incidents.rows.exported",
        target=thing,
        by=by,
        at=now,
        after={"form": form},
        counts={"rows": rows},
    )


@recorder.atomic()
def mark_used(*, batch_ids: Iterable[int], by: User, now: datetime) -> None:
    """Mark batches as used by an adopted picture: from now on they can only be withdrawn.

    Called by the action that adopts, in its transaction; that action has asked who may.
    Raises `NotAllowed` if one of them has been undone or withdrawn since it was counted.
    """
    batches = list(Batch.objects.select_for_update(of=("self",)).filter(pk__in=list(batch_ids)))
    rules.check_use(batches, expected=len(set(batch_ids)))
    for batch in batches:
        if batch.used_at is None:
            batch.used_at = now
            batch.save(update_fields=["used_at"])
            recorder.record(event="incidents.batch.used", target=batch, by=by, at=now)
