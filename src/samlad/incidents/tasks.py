"""What is done in the background: reading a file."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task


@task()
def read_batch(batch_id: int, accept_outside: bool) -> None:
    """Read an uploaded file into its source; the batch says how it went."""
    # shapely, numpy and pyproj are for the worker; a web worker only queues.
    from samlad.incidents import actions, progress
    from samlad.incidents.models import Batch
    from samlad.incidents.rules import NotAllowed
    from samlad.incidents.workflow import BatchStatus
    from samlad.intake import files

    batch = Batch.objects.get(pk=batch_id)
    try:
        file = files.recognise(actions.upload_path(batch), name=batch.file_name)
        actions.read_batch(
            batch_id=batch_id,
            file=file,
            now=timezone.now,
            accept_outside=accept_outside,
            progress=lambda rows: progress.note(batch, rows),
        )
    except NotAllowed:
        actions.unqueue(batch_id=batch_id)  # the file waits: it may be read later
        return
    except ValueError:
        pass  # the batch carries the sentence
    finally:
        progress.forget(batch)
        if not Batch.objects.filter(pk=batch_id, status=BatchStatus.WAITING).exists():
            actions.remove_upload(batch)
