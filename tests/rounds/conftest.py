"""A weekly process in a town of two areas, with organisations that report to it."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from samlad.authorization.permissions import Role
from samlad.incidents import report_actions
from samlad.incidents.models import Category
from samlad.incidents.report_actions import Report
from samlad.incidents.whens import Span
from samlad.intake.rows import Precision
from samlad.rounds import actions, review_actions, roll_call, setting_actions
from samlad.rounds.clock import TRELLEBORG, Cadence, HolidayWeeks
from samlad.rounds.workflow import Answer, Outcome, RejectionReason
from tests.cast import make_organisation
from tests.incidents.conftest import signed_in, source, take_in  # noqa: F401

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 16)  # week 47; it closes on Tuesday the 24th at noon


def at(day: str, clock: str = "12:00") -> datetime:
    """Return a wall-clock time in Sweden."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), STOCKHOLM)


@pytest.fixture
def process(town, source):  # noqa: F811
    """Trelleborg's week, from Monday the 16th."""
    return setting_actions.save_process(
        municipality_id=town.pk,
        name="EST",
        cadence=Cadence.WEEKLY,
        first_on=MONDAY,
        moments=TRELLEBORG,
        holidays=HolidayWeeks.MOVED,
        two_persons=False,
        by=None,
        now=at("2026-11-16"),
    )


@pytest.fixture
def expected(town, process, person):
    """Three organisations in the roll-call: {name: a reporter of it}."""
    found = {}
    for name, kind in (("Bostadsbolaget", "bostadsbolag"), ("Skolan", "skola"), ("Väktarna", "bevakningsforetag")):  # fmt: skip
        organisation = make_organisation(town, name, kind)
        setting_actions.expect(
            organisation_id=organisation.pk,
            starts_on=MONDAY,
            voluntary=False,
            by=None,
            now=at("2026-11-16"),
        )
        found[name] = person(Role.REPORTER, organisation)
    return found


@pytest.fixture
def week(process, expected):
    """The open round of week 47."""
    opened = actions.open_rounds(process_id=process.pk, now=at("2026-11-17"))
    return next(one for one in opened if one.starts_on == MONDAY)


@pytest.fixture
def report(town):
    """Return a maker of reports: report(user, day, category, **more)."""

    def make(user, day="2026-11-18", category="skadegorelse", now=None, **more):
        organisation = user.memberships.get().organisation
        moment = datetime.combine(date.fromisoformat(day), time(14, 0))
        return report_actions.report(
            organisation_id=organisation.pk,
            report=Report(
                key=more.pop("key", uuid.uuid4()),
                category=Category.objects.get(code=category),
                span=Span(moment, None, Precision.MINUTE),
                **{"place": "Torget", **more},
            ),
            by=user,
            now=now or at(day, "15:00"),
        )

    return make


@pytest.fixture
def worked(django_capture_on_commit_callbacks):
    """Return a block after which what it queued has been done, as the worker would."""

    @contextmanager
    def block():
        before = set(DBTaskResult.objects.values_list("pk", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            yield
        for queued in DBTaskResult.objects.exclude(pk__in=before):
            call = queued.args_kwargs
            import_string(queued.task_path).call(*call["args"], **call["kwargs"])

    return block


TUESDAY_BEFORE = at("2026-11-24", "09:00")
CLOSED = at("2026-11-24", "12:01")


def presence(round_):
    """Return each organisation's state in the roll-call."""
    return {row.organisation: row.presence for row in roll_call.roll_call(round_)}


def answer(week, user, said, now=TUESDAY_BEFORE):
    return actions.answer(
        round_id=week.pk,
        organisation_id=user.memberships.get().organisation_id,
        answer=said,
        by=user,
        now=now,
    )


def decide(week, incident, by, outcome=Outcome.INCLUDED, now=CLOSED, **more):
    return review_actions.decide(
        round_id=week.pk, incident_id=incident.pk, outcome=outcome, by=by, now=now, **more
    )


@pytest.fixture
def adopted(week, expected, report, person, worked):
    """The week's picture adopted by a coordinator; one report kept, one rejected."""
    coordinator = person(Role.COORDINATOR)
    kept, rejected = report(expected["Skolan"]), report(expected["Väktarna"])
    answer(week, expected["Skolan"], Answer.DONE)
    decide(week, kept, coordinator)
    decide(week, rejected, coordinator, Outcome.REJECTED, reason=RejectionReason.NOT_SAFETY)
    with worked():
        actions.finish_review(round_id=week.pk, by=coordinator, now=CLOSED)
    adopt(week, coordinator)
    return coordinator, kept, rejected


def adopt(week, by):
    week.refresh_from_db()
    return actions.adopt(round_id=week.pk, summary="Lugnt.", by=by, now=CLOSED)
