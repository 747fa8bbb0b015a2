"""Turning rows into incidents chunk by chunk: each chunk its own short transaction.

Staged rows belong to a batch that is not accepted, so no query sees them; others can write
throughout, and a killed import leaves nothing visible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
from django.db import transaction

from samlad.incidents import queries
from samlad.incidents.categories import Finest
from samlad.incidents.models import (
    Batch,
    Category,
    Incident,
    Position,
    RowRejection,
    SourceKind,
)
from samlad.incidents.naming import word_key
from samlad.incidents.placing import NamedPoint, Placed, Placer
from samlad.incidents.tables import OUTSIDE, UNPLACED
from samlad.incidents.workflow import BatchStatus
from samlad.intake import times
from samlad.intake.known import KnownRows
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Precision, Rejection, Row
from samlad.places import queries as place_queries

CHUNK = 2000
# Nobody has said yet what the word means: it may be one that is kept coarse.
NOTICE_SITE = "https://polisen.se/"
UNMAPPED_FINEST = Finest.CELL_250_M
Progress = Callable[[int], None]


@dataclass
class Tally:
    """What became of the rows."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    already_known: int = 0
    unmapped: int = 0
    outside: int = 0
    unplaced: int = 0
    placed_by_point: int = field(default=0)


class Stager:
    """Stages the rows of one batch."""

    def __init__(self, batch: Batch, mapping: Mapping, *, crs: str) -> None:
        self.batch = batch
        self.tally = Tally()
        self._zone = mapping.zone
        self._is_notices = batch.source.kind == SourceKind.NOTICES
        self._crs = crs
        municipality = batch.municipality
        self._versions = place_queries.area_versions(municipality)
        self._placer = _placer(batch, self._versions)
        self._words = queries.category_words(municipality)
        self._categories = {c.pk: c for c in Category.objects.all()}
        self._known = _known_rows(batch)

    def stage(self, rows: Iterable[Row | Rejection], progress: Progress) -> Tally:
        """Stage every row; return what became of them."""
        chunk: list[Row] = []
        rejections: list[RowRejection] = []
        for row in rows:
            self.tally.rows += 1
            if isinstance(row, Rejection):
                self.tally.rejected += 1
                rejections.append(
                    RowRejection(batch=self.batch, row_number=row.number, reason=row.reason)
                )
            elif self._known.is_known(row.external_id, row.fingerprint):
                self.tally.already_known += 1
            else:
                chunk.append(row)
            if len(chunk) >= CHUNK or len(rejections) >= CHUNK:
                self._write(chunk, rejections)
                chunk, rejections = [], []
            if self.tally.rows % CHUNK == 0:
                progress(self.tally.rows)
        self._write(chunk, rejections)
        progress(self.tally.rows)
        return self.tally

    def _write(self, chunk: Sequence[Row], rejections: Sequence[RowRejection]) -> None:
        incidents = self._incidents(chunk) if chunk else []
        with transaction.atomic():
            RowRejection.objects.bulk_create(rejections, batch_size=500)
            Incident.objects.bulk_create(incidents, batch_size=500)

    def _incidents(self, rows: Sequence[Row]) -> list[Incident]:
        category_ids = [self._category_of(row) for row in rows]
        finest = [
            Finest(self._categories[pk].finest) if pk else UNMAPPED_FINEST for pk in category_ids
        ]
        nothing = float("nan")
        placed = self._placer.place(
            x=np.array([nothing if row.x is None else row.x for row in rows]),
            y=np.array([nothing if row.y is None else row.y for row in rows]),
            crs=self._crs,
            names=[row.area for row in rows],
            place_names=[row.place for row in rows],
            ordinals=np.array([row.starts.toordinal() for row in rows]),
            finest=finest,
        )
        made = [
            self._incident(row, pk, placed, i)
            for i, (row, pk) in enumerate(zip(rows, category_ids, strict=True))
        ]
        self.tally.accepted += len(made)
        self.tally.unmapped += sum(pk is None for pk in category_ids)
        self.tally.outside += sum(one.position == Position.OUTSIDE for one in made)
        self.tally.unplaced += sum(one.position == Position.UNPLACED for one in made)
        self.tally.placed_by_point += sum(row.x is not None for row in rows)
        return made

    def _category_of(self, row: Row) -> int | None:
        """Return the category the row's word means, if it was in use on the day."""
        found = self._words.get(word_key(row.category))
        if found is None or not self._categories[found].valid_on(row.starts.date()):
            return None
        return found

    def _incident(self, row: Row, category: int | None, placed: Placed, i: int) -> Incident:
        batch, area = self.batch, int(placed.area[i])
        day = row.starts.date()
        timed = row.precision in {Precision.MINUTE, Precision.HOUR}
        located = bool(np.isfinite(placed.x_m[i]))
        position = Position(placed.kind[i])
        if area == OUTSIDE:
            position = Position.OUTSIDE
        elif area == UNPLACED:
            position = Position.UNPLACED
        return Incident(
            batch=batch,
            source_id=batch.source_id,
            municipality_id=batch.municipality_id,
            owner_id=batch.owner_id,
            row_number=row.number,
            category_id=category,
            category_word=row.category[:120],
            starts_at=times.to_utc(row.starts, self._zone),
            ends_at=None if row.ends is None else times.to_utc(row.ends, self._zone),
            precision=row.precision,
            happened_on=day,
            week_starts_on=day - timedelta(day.weekday()),
            hour=row.starts.hour if timed else None,
            position=position,
            x_m=float(placed.x_m[i]) if located else None,
            y_m=float(placed.y_m[i]) if located else None,
            area_id=self._versions[area].pk if area >= 0 else None,
            place_id=placed.place[i],
            quantity=row.quantity,
            police_reported=row.police_reported,
            cost_kr=row.cost_kr,
            link=row.link[:300] if self._is_notices and row.link.startswith(NOTICE_SITE) else "",
            area_name=row.area[:80] if self._is_notices else "",
            external_id=row.external_id[:120],
            fingerprint=row.fingerprint,
        )


def _placer(batch: Batch, versions: Sequence[place_queries.AreaVersion]) -> Placer:
    municipality = batch.municipality
    index = {version.pk: i for i, version in enumerate(versions)}
    breaks = sorted({version.valid_from for version in versions})
    points = {
        key: NamedPoint(place.pk, place.x_m, place.y_m)
        for key, place in place_queries.places_by_name(municipality).items()
    }
    name = municipality.name
    short = name.removesuffix(" kommun").removesuffix("s")
    return Placer(
        [_indexed(version, index) for version in versions],
        metric_crs=municipality.metric_crs,
        breaks=breaks,
        places=points,
        names_of_whole=[name, name.removesuffix(" kommun"), short]
        if batch.source.kind == SourceKind.NOTICES
        else [name],
        only_whole_by_name=batch.source.kind == SourceKind.NOTICES,
    )


def _indexed(
    version: place_queries.AreaVersion, index: dict[int, int]
) -> place_queries.AreaVersion:
    parent = None if version.parent is None else index.get(version.parent)
    return replace(version, parent=parent)


def _known_rows(batch: Batch) -> KnownRows:
    earlier = Incident.objects.filter(source_id=batch.source_id, batch__status=BatchStatus.ACCEPTED)
    ids = set(earlier.exclude(external_id="").values_list("external_id", flat=True).iterator())
    copies: dict[bytes, int] = {}
    unnamed = earlier.filter(external_id="").values_list("fingerprint", flat=True)
    for fingerprint in unnamed.iterator():
        key = bytes(fingerprint)
        copies[key] = copies.get(key, 0) + 1
    return KnownRows(ids, copies)
