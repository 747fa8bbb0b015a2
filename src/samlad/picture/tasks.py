"""What is done in the background: counting, and drawing the charts."""

from __future__ import annotations

import logging

from django.utils import timezone
from django_tasks import task

from samlad.accounts.models import User

logger = logging.getLogger(__name__)


@task()
def compile_draft(picture_id: int, user_id: int) -> None:
    """Compile a draft as its coordinator may read the incidents."""
    # The arithmetic, the charts and the actions are for the worker; a web worker only queues.
    from samlad.picture import actions, area_shapes, charts, compiling, from_database
    from samlad.picture.models import Picture

    user = User.objects.get(pk=user_id)
    picture = Picture.objects.select_related("municipality").get(pk=picture_id)
    try:
        inputs = from_database.prepare(picture, user=user)
        compiled = compiling.compile_picture(inputs)
        areas = area_shapes.map_areas(picture.municipality, picture.starts_on)
        drawn = charts.draw(compiled, areas)
        actions.store_compiled(
            picture_id=picture_id,
            compiled=compiled,
            charts=drawn,
            tables=from_database.packed(inputs.tables),
            by=user,
            now=timezone.now(),
        )
    except Exception:
        logger.exception("Picture %s was not compiled", picture_id)
        actions.note_failed_compilation(picture_id=picture_id, by=user, now=timezone.now())
        raise
