"""The roll-call: who has said that their week is done, and what that means for the counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from samlad.incidents.models import FORM, Batch, Incident, Source, SourceKind
from samlad.incidents.workflow import BatchStatus
from samlad.organisations.models import Municipality
from samlad.picture.heard import Heard
from samlad.rounds.clock import Cadence
from samlad.rounds.models import ExpectedReporter, RollCallAnswer, Round, SeriesBreak
from samlad.rounds.workflow import Answer, Presence

SHORT = (Cadence.WEEKLY, Cadence.FORTNIGHTLY)  # of these a week is known; longer ones reuse them


@dataclass(frozen=True)
class RollCallRow:
    """One organisation in one round's roll-call."""

    organisation_id: int
    organisation: str
    presence: str
    label: str
    reports: int
    is_late: bool
    voluntary: bool
    by_source: bool

    @property
    def is_submitted(self) -> bool:
        """Tell whether the week counts as submitted."""
        return self.presence in {Presence.SUBMITTED, Presence.NOTHING}


def expected_in(
    municipality_id: int, *, starts_on: date, ends_before: date
) -> list[ExpectedReporter]:
    """Return who is expected in a period: expected on its last day."""
    last = ends_before - timedelta(1)
    return list(
        ExpectedReporter.objects.filter(
            Q(ends_before__isnull=True) | Q(ends_before__gt=last),
            municipality=municipality_id,
            starts_on__lte=last,
            organisation__active=True,
        )
        .select_related("organisation")
        .order_by("organisation__name")
    )


def reports_by_organisation(round_: Round) -> dict[int, int]:
    """Return how many reports of a period's days each organisation has made on a page."""
    rows = (
        Incident.objects.accepted()
        .filter(
            municipality=round_.municipality_id,
            batch__reader=FORM,
            happened_on__gte=round_.starts_on,
            happened_on__lt=round_.ends_before,
        )
        .values_list("owner")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return dict(rows)


def roll_call(round_: Round) -> list[RollCallRow]:
    """Return every expected organisation, and any other that has answered or reported."""
    answers = {
        answer.organisation_id: answer for answer in round_.answers.select_related("organisation")
    }
    reports = reports_by_organisation(round_)
    expected = expected_in(
        round_.municipality_id, starts_on=round_.starts_on, ends_before=round_.ends_before
    )
    rows = []
    for one in expected:
        answer = answers.get(one.organisation_id)
        number = reports.get(one.organisation_id, 0)
        presence = presence_of(answer, number)
        rows.append(
            RollCallRow(
                one.organisation_id,
                one.organisation.name,
                presence,
                str(presence.label),
                number,
                answer is not None and answer.is_late,
                one.voluntary,
                answer is not None and answer.answer == Answer.SOURCE,
            )
        )
    return rows


def presence_of(answer: RollCallAnswer | None, reports: int) -> Presence:
    """Return where an organisation stands, by its answer and how many reports it has made."""
    if answer is None:
        return Presence.STARTED if reports else Presence.SILENT
    is_empty = answer.answer == Answer.NOTHING and not reports  # a report may come after it
    return Presence.NOTHING if is_empty else Presence.SUBMITTED


@dataclass(frozen=True)
class SourceReading:
    """A connected source was read, so that its organisation's week is done."""

    organisation_id: int
    at: datetime


def readings(round_: Round) -> list[SourceReading]:
    """Return the organisations whose own source was read for the period, and when first.

    A file is of the period when it came after its end and before the next one's and has new
    rows of it or none at all, or when it holds rows from before the end and from after it.
    """
    end = _midnight(round_.ends_before)
    length = round_.ends_before - round_.starts_on
    batches = (
        Batch.objects.filter(
            municipality=round_.municipality_id,
            status=BatchStatus.ACCEPTED,
            source__kind=SourceKind.REPORTS,
            accepted_at__gte=end,
        )
        .exclude(reader=FORM)
        .annotate(first=Min("incidents__happened_on"), last=Max("incidents__happened_on"))
        .order_by("accepted_at")
    )
    found: dict[int, datetime] = {}
    for batch in batches:
        if batch.accepted_at is None:
            continue
        in_time = batch.accepted_at < _midnight(round_.ends_before + length) and (
            batch.last is None or batch.last >= round_.starts_on
        )
        over_it = (
            batch.first is not None
            and batch.first < round_.ends_before
            and batch.last >= round_.ends_before
        )
        if in_time or over_it:
            found.setdefault(batch.owner_id, batch.accepted_at)
    return [SourceReading(owner, at) for owner, at in found.items()]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0)))


def coverage(rows: Sequence[RollCallRow]) -> dict[str, int]:
    """Return how many have submitted, and of how many."""
    return {"submitted": sum(row.is_submitted for row in rows), "expected": len(rows)}


def given_to_statistics(municipality: Municipality, *, until: date) -> dict[str, Any]:
    """Return what the roll-call says of each source's weeks before `until`, as JSON by code.

    A source of an organisation nobody expects is not in it: its weeks stay as estimated.
    """
    weeks: dict[int, dict[date, bool]] = defaultdict(dict)
    rounds = Round.objects.filter(
        municipality=municipality, process__cadence__in=SHORT, ends_before__lte=until
    ).prefetch_related("answers")
    everybody = list(
        ExpectedReporter.objects.filter(municipality=municipality).prefetch_related(
            "areas", "categories"
        )
    )
    for round_ in rounds:
        answered = {answer.organisation_id for answer in round_.answers.all()}
        last = round_.ends_before - timedelta(1)
        for one in everybody:
            if one.starts_on > last or (one.ends_before is not None and one.ends_before <= last):
                continue
            monday = round_.starts_on
            while monday < round_.ends_before:
                weeks[one.organisation_id][monday] = one.organisation_id in answered
                monday += timedelta(7)
    breaks = dict(
        SeriesBreak.objects.filter(municipality=municipality, on__lt=until)
        .values_list("organisation")
        .annotate(latest=Max("on"))
    )
    by_organisation = {one.organisation_id: one for one in everybody}
    found = {}
    for source in Source.objects.filter(municipality=municipality, kind=SourceKind.REPORTS):
        expected = by_organisation.get(source.owner_id)
        if expected is None or not (weeks[source.owner_id] or source.owner_id in breaks):
            continue
        found[source.code] = Heard(
            weeks=weeks[source.owner_id],
            since=breaks.get(source.owner_id),
            voluntary=expected.voluntary,
            areas=tuple(area.code for area in expected.areas.all()),
            categories=tuple(category.code for category in expected.categories.all()),
        ).as_json()
    return found
