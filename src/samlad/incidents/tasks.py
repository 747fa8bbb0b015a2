"""What is done in the background: reading a file."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task


@task()
def read_batch(batch_id: int) -> None:
    """Read an uploaded file into its source; the batch says how it went."""
    # shapely, numpy and pyproj are for the worker; a web worker only queues.
    from samlad.incidents import actions, progress
    from samlad.incidents.models import Batch
    from samlad.incidents.rules import NotAllowed
    from samlad.incidents.workflow import BatchStatus
    from samlad.intake import files
    from samlad.intake.errors import UnusableFile
    from samlad.places.errors import BadGeometry

    batch = Batch.objects.get(pk=batch_id)
    try:
        file = files.recognise(actions.upload_path(batch), name=batch.file_name)
        actions.read_batch(
            batch_id=batch_id,
            file=file,
            now=timezone.now,
            progress=lambda rows: progress.note(batch, rows),
        )
    except NotAllowed:
        actions.unqueue(batch_id=batch_id)  # the file waits: it may be read later
        return
    except UnusableFile as fault:
        if Batch.objects.filter(pk=batch_id, status=BatchStatus.WAITING, fault="").exists():
            actions.fail_batch(batch_id=batch_id, fault=str(fault), now=timezone.now())
    except BadGeometry:
        pass  # the batch carries the sentence
    finally:
        progress.forget(batch)
    if not Batch.objects.filter(pk=batch_id, status=BatchStatus.WAITING).exists():
        actions.remove_upload(batch)


@task()
def remove_undone_rows(batch_id: int) -> None:
    """Remove the rows of an undone batch, which no page or count sees any more."""
    from samlad.incidents import actions
    from samlad.incidents.models import Batch
    from samlad.incidents.workflow import BatchStatus

    if Batch.objects.filter(pk=batch_id, status=BatchStatus.UNDONE).exists():
        actions.remove_rows(batch_id)
