"""What is done in the background: counting, and drawing the charts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.utils import timezone
from django_tasks import task

from samlad.accounts.models import User

if TYPE_CHECKING:
    from samlad.picture.compiling import Inputs
    from samlad.picture.models import Picture

logger = logging.getLogger(__name__)


def _read(picture: Picture, user: User) -> tuple[Inputs, list[int]]:
    """Return what the picture is made of and the batches it is counted from, all of them.

    What the rooms above pass in is of the same moment. A batch that comes or goes meanwhile
    has the reading done again.
    """
    from samlad.incidents import queries
    from samlad.picture import from_database, passed_in

    while True:
        before = queries.counted_batches(picture.municipality, user)
        picture.given = passed_in.of(
            picture.municipality, starts_on=picture.starts_on, ends_before=picture.ends_before
        )
        inputs = from_database.prepare(picture, user=user)
        if queries.counted_batches(picture.municipality, user) == before:
            return inputs, before


@task()
def compile_draft(picture_id: int, user_id: int) -> None:
    """Compile a draft as its coordinator may read the incidents."""
    # The arithmetic, the charts and the actions are for the worker; a web worker only queues.
    from samlad.picture import actions, area_shapes, charts, compiling, from_database
    from samlad.picture.models import Picture

    user = User.objects.get(pk=user_id)
    picture = Picture.objects.select_related("municipality").get(pk=picture_id)
    try:
        inputs, batch_ids = _read(picture, user)
        compiled = compiling.compile_picture(inputs)
        areas = area_shapes.map_areas(picture.municipality, picture.starts_on)
        drawn = charts.draw(compiled, areas)
        actions.store_compiled(
            picture_id=picture_id,
            compiled=compiled,
            charts=drawn,
            tables=from_database.packed(inputs.tables),
            batch_ids=batch_ids,
            given=picture.given,
            by=user,
            now=timezone.now(),
        )
    except Exception:
        logger.exception("Picture %s was not compiled", picture_id)
        actions.note_failed_compilation(picture_id=picture_id, by=user, now=timezone.now())
        raise
