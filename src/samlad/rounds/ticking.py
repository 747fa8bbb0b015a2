"""What falls due by itself: rounds open and close, reminders go out, links are erased.

Deadlines are computed when read; a tick that comes late changes nothing but the letter's hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Max

from samlad.audit import recorder
from samlad.incidents import authorship
from samlad.incidents.models import FORM, Batch
from samlad.measures import evaluation_actions
from samlad.rounds import actions, roll_call, tasks
from samlad.rounds.models import Round
from samlad.rounds.workflow import Status

READINGS_BACK = timedelta(days=60)
NEVER_ADOPTED = timedelta(weeks=12)


def tick(now: datetime) -> None:
    """Do what has fallen due. Doing it twice does it once."""
    evaluation_actions.freeze_started(now)
    for process_id in actions.due_to_open():
        actions.open_rounds(process_id=process_id, now=now)
    recent = Round.objects.filter(closes_at__gt=now - READINGS_BACK, opens_at__lte=now)
    for round_id in recent.values_list("pk", flat=True):
        actions.note_readings(round_id=round_id, now=now)
    for round_id in due_to_remind(now):
        remind(round_id=round_id, now=now)
    due = Round.objects.filter(status=Status.OPEN, closes_at__lte=now, reopened_for="")
    for round_id in due.values_list("pk", flat=True):
        actions.close(round_id=round_id, now=now)
    for round_ in due_to_erase(now):
        erase_authors(round_id=round_.pk, now=now)


def due_to_remind(now: datetime) -> list[int]:
    """Return the open rounds whose reminder has fallen due and not gone out."""
    due = Round.objects.filter(
        status=Status.OPEN, reminds_at__lte=now, closes_at__gt=now, reminded_at=None
    )
    return list(due.values_list("pk", flat=True))


@recorder.atomic()
def remind(*, round_id: int, now: datetime) -> int:
    """Write to the expected organisations that have not answered; return how many."""
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if round_.reminded_at is not None:
        return 0
    waiting = [row for row in roll_call.roll_call(round_) if not row.is_submitted]
    for row in waiting:
        transaction.on_commit(partial(tasks.remind.enqueue, row.organisation_id))
    round_.reminded_at = now
    round_.save(update_fields=["reminded_at"])
    recorder.record(
        event="rounds.round.reminded",
        target=round_,
        at=now,
        counts={"organisations": len(waiting)},
    )
    return len(waiting)


def due_to_erase(now: datetime) -> list[Round]:
    """Return the rounds whose feedback has been open for as long as the process says.

    From the last dispatch; where none was made from the adoption; and where the picture never
    was adopted from the round's closing, with `NEVER_ADOPTED` more.
    """
    rounds = (
        Round.objects.filter(authors_erased_at=None, closes_at__lt=now)
        .annotate(last_sent_at=Max("dispatches__at"))
        .select_related("process", "picture")
        .defer("picture__compiled", "picture__charts", "picture__tables", "picture__frozen")
    )
    return [one for one in rounds if _ends_feedback(one) <= now]


def _ends_feedback(round_: Round) -> datetime:
    kept = timedelta(weeks=round_.process.keep_authors_weeks)
    told = round_.last_sent_at or (round_.picture.adopted_at if round_.picture else None)  # type: ignore[attr-defined]
    if told is not None:
        return told + kept
    return round_.closes_at + kept + NEVER_ADOPTED


@recorder.atomic()
def erase_authors(*, round_id: int, now: datetime) -> None:
    """Erase who wrote the reports of a round and of the time before it: feedback is over."""
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    batches = Batch.objects.filter(
        municipality=round_.municipality_id, reader=FORM, accepted_at__lte=round_.closes_at
    )
    authorship.forget_authors(
        batch_ids=list(batches.values_list("pk", flat=True)),
        municipality_id=round_.municipality_id,
        now=now,
    )
    round_.authors_erased_at = now
    round_.save(update_fields=["authors_erased_at"])
