"""Turning rows into incidents chunk by chunk: each chunk its own short transaction.

Staged rows belong to a batch that is not accepted, so no query sees them; others can write
throughout, and a killed import leaves nothing visible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from samlad.incidents import queries, storing
from samlad.incidents.categories import Finest
from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import (
    Batch,
    Category,
    Incident,
    Position,
    PropertyOwner,
    RowRejection,
    Source,
    SourceKind,
)
from samlad.incidents.naming import word_key
from samlad.incidents.placing import NamedPoint, Placed, Placer
from samlad.incidents.tables import OUTSIDE, UNPLACED
from samlad.incidents.workflow import BatchStatus, TextState
from samlad.incidents.writing import (
    LONGEST_ID,
    LONGEST_WORD,
    Writing,
    identity,
    unnamed,
    writing_of,
)
from samlad.intake import times
from samlad.intake.errors import RowFault
from samlad.intake.known import KnownRows
from samlad.intake.mapping import Mapping
from samlad.intake.rows import Note, Precision, Rejection, Row
from samlad.organisations.counties import county_of
from samlad.places import queries as place_queries
from samlad.places.locating import name_key

CHUNK = 2000
ALIVE_EVERY = timedelta(seconds=10)
NOTICE_SITE = "https://polisen.se/"
# Nobody has said yet what the word means: it may be one that is kept coarse.
UNMAPPED_FINEST = Finest.CELL_250_M
Progress = Callable[[int], None]


@dataclass
class Tally:
    """What became of the rows. `notes` counts what was seen in rows that were read."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    already_known: int = 0
    unmapped: int = 0
    outside: int = 0
    unplaced: int = 0
    held: int = 0
    removed: int = 0
    placed_by_point: int = 0
    notes: Counter[str] = field(default_factory=Counter)


class Stager:
    """Stages the rows of one batch; with `write` false only counts what would become of them.

    `others` are the further sources a row may name, by their names and codes.
    """

    def __init__(
        self,
        batch: Batch,
        mapping: Mapping,
        *,
        crs: str,
        now: Callable[[], datetime],
        others: dict[str, Source] | None = None,
        write: bool = True,
    ) -> None:
        self.batch = batch
        self.tally = Tally()
        self.sources_used: set[int] = set()
        self._write_rows = write
        self._now = now
        self._zone = mapping.zone
        self._is_notices = batch.source.kind == SourceKind.NOTICES
        self._crs = crs
        self._county = name_key(county_of(batch.municipality.code))
        municipality = batch.municipality
        self._versions = place_queries.area_versions(municipality)
        self._placer = _placer(batch, self._versions)
        self.words = queries.category_words(municipality)
        self._categories = {c.pk: c for c in Category.objects.all()}
        self._others = others or {}
        self._owners = _owner_words()
        self._alive_at = now()
        self._known: dict[int, KnownRows] = {}

    def stage(self, rows: Iterable[Row | Rejection], progress: Progress) -> Tally:
        """Stage every row; return what became of them."""
        chunk: list[tuple[Row, Source]] = []
        rejections: list[Rejection] = []
        for row in rows:
            self.tally.rows += 1
            source = None if isinstance(row, Rejection) else self._source_of(row)
            if isinstance(row, Rejection) or source is None:
                self.tally.rejected += 1
                rejections.append(
                    row
                    if isinstance(row, Rejection)
                    else Rejection(row.number, RowFault.UNKNOWN_SOURCE)
                )
            elif self._known_in(source).is_known(identity(row.external_id), row.fingerprint):
                self.tally.already_known += 1
            else:
                chunk.append((row, source))
            if len(chunk) >= CHUNK or len(rejections) >= CHUNK:
                self._write(chunk, rejections)
                chunk, rejections = [], []
            if self.tally.rows % CHUNK == 0:
                progress(self.tally.rows)
                self._stay_alive()
        self._write(chunk, rejections)
        progress(self.tally.rows)
        return self.tally

    def _stay_alive(self) -> None:
        """Write down now and then that the batch is being read, also while nothing is new."""
        now = self._now()
        if self._write_rows and now - self._alive_at > ALIVE_EVERY:
            storing.note_alive(self.batch, now=now)
            self._alive_at = now

    def _source_of(self, row: Row) -> Source | None:
        """Return the source a row names, or the batch's own if it names none."""
        return self._others.get(word_key(row.source)) if row.source else self.batch.source

    def _known_in(self, source: Source) -> KnownRows:
        if source.pk not in self._known:
            self._known[source.pk] = _known_rows(source)
        return self._known[source.pk]

    def _write(self, chunk: Sequence[tuple[Row, Source]], rejections: Sequence[Rejection]) -> None:
        incidents = self.incidents(chunk) if chunk else []
        texts = [one.written for one in incidents if hasattr(one, "written")]
        self.sources_used.update(source.pk for _, source in chunk)
        if not self._write_rows:
            return
        with transaction.atomic():
            storing.note_alive(self.batch, now=self._now())
            RowRejection.objects.bulk_create(
                [
                    RowRejection(batch=self.batch, row_number=r.number, reason=r.reason)
                    for r in rejections
                ],
                batch_size=500,
            )
            storing.store(incidents, texts)

    def incidents(self, chunk: Sequence[tuple[Row, Source]]) -> list[Incident]:
        """Return rows as incidents, placed and with their words guarded; nothing is stored."""
        rows = [row for row, _ in chunk]
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
            self._incident(row, source, pk, placed, i)
            for i, ((row, source), pk) in enumerate(zip(chunk, category_ids, strict=True))
        ]
        self.tally.accepted += len(made)
        self.tally.unmapped += sum(pk is None for pk in category_ids)
        self.tally.outside += sum(one.position == Position.OUTSIDE for one in made)
        self.tally.unplaced += sum(one.position == Position.UNPLACED for one in made)
        self.tally.placed_by_point += sum(row.x is not None for row in rows)
        self.tally.notes.update(note.value for row in rows for note in row.notes)
        tomorrow = self._now() + timedelta(days=1)
        self.tally.notes[Note.FUTURE.value] += sum(one.starts_at > tomorrow for one in made)
        self.tally.notes.update(one.place_fault for one in made if one.place_fault)
        return made

    def _category_of(self, row: Row) -> int | None:
        """Return the category the row's word means, if it was in use on the day."""
        found = self.words.get(word_key(row.category))
        if found is None or not self._categories[found].valid_on(row.starts.date()):
            return None
        return found

    def _incident(
        self, row: Row, source: Source, category: int | None, placed: Placed, i: int
    ) -> Incident:
        batch, area = self.batch, int(placed.area[i])
        day = row.starts.date()
        timed = row.precision in {Precision.MINUTE, Precision.HOUR}
        starts_at = times.to_utc(row.starts, self._zone)
        shown = starts_at.astimezone(self._zone)  # another hour where the clock skipped one
        located = bool(np.isfinite(placed.x_m[i]))
        position = Position(placed.kind[i])
        if area == OUTSIDE:
            position = Position.OUTSIDE
        elif area == UNPLACED:
            position = Position.UNPLACED
            if self._is_notices and row.area and name_key(row.area) != self._county:
                position = Position.OUTSIDE  # a notice of another municipality or county
        fault = placed.fault[i]
        if fault == PlaceFault.NOT_GIVEN and Note.ZERO_POINT in row.notes:
            fault = PlaceFault.ZERO
        written = Writing() if self._is_notices else writing_of(row, fault)
        word = written.kept_word(row.category, LONGEST_WORD)
        external_id = unnamed(written.kept_code(row.external_id, LONGEST_ID))
        incident = Incident(
            batch=batch,
            source_id=source.pk,
            municipality_id=batch.municipality_id,
            owner_id=source.owner_id,
            row_number=row.number,
            category_id=category,
            category_word=word,
            starts_at=starts_at,
            ends_at=None if row.ends is None else times.to_utc(row.ends, self._zone),
            precision=row.precision,
            happened_on=day,
            week_starts_on=day - timedelta(day.weekday()),
            hour=shown.hour if timed else None,
            position=position,
            x_m=float(placed.x_m[i]) if located else None,
            y_m=float(placed.y_m[i]) if located else None,
            area_id=self._versions[area].pk if area >= 0 else None,
            place_id=placed.place[i],
            place_fault=fault,
            quantity=row.quantity,
            police_reported=row.police_reported,
            cost_kr=row.cost_kr,
            property_owner=self._owners.get(word_key(row.property_owner), ""),
            link=written.kept_code(row.link, 300)
            if self._is_notices and row.link.startswith(NOTICE_SITE)
            else "",
            area_name=written.kept_code(row.area, 80) if self._is_notices else "",
            external_id=external_id,
            fingerprint=row.fingerprint,
        )
        if written.state:
            incident.written = written.row()
            self.tally.held += written.state == TextState.HELD
            self.tally.removed += written.lost
        return incident


def _owner_words() -> dict[str, str]:
    """Return the owners of property by code and by label."""
    words = {word_key(str(owner.label)): owner.value for owner in PropertyOwner}
    return words | {owner.value: owner.value for owner in PropertyOwner}


def _placer(batch: Batch, versions: Sequence[place_queries.AreaVersion]) -> Placer:
    municipality = batch.municipality
    index = {version.pk: i for i, version in enumerate(versions)}
    breaks = sorted({version.valid_from for version in versions})
    points = {
        key: NamedPoint(place.pk, place.x_m, place.y_m)
        for key, place in place_queries.places_by_name(municipality).items()
    }
    words = queries.place_words(municipality)
    for key, place_id, x_m, y_m in words.places:
        points.setdefault(key, NamedPoint(place_id, x_m, y_m))
    name = municipality.name
    short = name.removesuffix(" kommun").removesuffix("s")
    return Placer(
        [_indexed(version, index) for version in versions],
        metric_crs=municipality.metric_crs,
        breaks=breaks,
        places=points,
        area_words=words.areas,
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


def _known_rows(source: Source) -> KnownRows:
    earlier = Incident.objects.filter(source=source, batch__status=BatchStatus.ACCEPTED)
    ids = set(earlier.exclude(external_id="").values_list("external_id", flat=True).iterator())
    copies: dict[bytes, int] = {}
    unnamed = earlier.filter(external_id="").values_list("fingerprint", flat=True)
    for fingerprint in unnamed.iterator():
        key = bytes(fingerprint)
        copies[key] = copies.get(key, 0) + 1
    return KnownRows(ids, copies)
