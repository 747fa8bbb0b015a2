"""From the log to the counter: edits, removals and the end of a year, in Sweden's own time."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from samlad.activities import actions as activities
from samlad.activities.actions import Entry
from samlad.activities.models import ActivityKind
from samlad.activities.rules import NotAllowed
from samlad.authorization.permissions import Role
from samlad.promises import actions, counting, queries, telling
from samlad.promises.counting import Evidence, Period, Rule
from samlad.promises.workflow import Status, Type, Unit
from tests.cast import NOON

PERIOD = Period(date(2025, 1, 1), date(2026, 12, 31))
RULE = Rule(Type.PER_YEAR, target=2, kinds=("nyhetsbrev",))


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def promise(town, coordinator):
    made = actions.save_promise(
        municipality_id=town.pk, name="Löfte", text="", remark="", agreement=None,
        parties=[town.process_authority], signatories=[], starts_on=PERIOD.starts_on,
        ends_on=PERIOD.ends_on, signed_on=None, by=coordinator, now=NOON,
    )  # fmt: skip
    actions.commit(
        promise_id=made.pk,
        text="Två om året",
        rule=RULE,
        responsible=None,
        by=coordinator,
        now=NOON,
    )
    return made


@pytest.mark.parametrize("seed", range(6))
def test_any_course_of_edits_and_removals_counts_what_stands(seed, promise, town, coordinator):
    rng = random.Random(seed)
    kinds = {code: ActivityKind.objects.get(code=code) for code in ("nyhetsbrev", "utbildning")}
    how = {"by": coordinator, "now": NOON}
    stands: dict[int, tuple[str, date]] = {}
    for _ in range(25):
        act = rng.choice(["log", "log", "change", "remove"])
        kind, on = rng.choice(list(kinds)), date(2024, 12, 1) + timedelta(rng.randrange(700))
        entry = Entry(kind=kinds[kind], on=on)
        if act == "log" or not stands:
            made = activities.log(
                organisation_id=town.process_authority_id, key=uuid4(), entry=entry, **how
            )
            stands[made.pk] = (kind, on)
        elif act == "change":
            pk = rng.choice(list(stands))
            activities.change(activity_id=pk, entry=entry, **how)
            stands[pk] = (kind, on)
        else:
            pk = rng.choice(list(stands))
            activities.remove(activity_id=pk, **how)
            del stands[pk]
            with pytest.raises(NotAllowed):
                activities.change(activity_id=pk, entry=entry, **how)
    today = date(2026, 11, 20)
    (shown,) = queries.progress(promise, today=today)
    rows = [Evidence(pk, on, kind) for pk, (kind, on) in stands.items()]

    assert shown.result == counting.count(RULE, PERIOD, rows, today=today)


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), Status.AT_RISK),  # 23:59 in Sweden
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), Status.NOT_MET),  # 00:01 the year after
    ],
)
def test_a_year_ends_at_midnight_in_sweden(moment, status, promise):
    (shown,) = queries.progress(promise, today=timezone.localdate(moment))
    _year_before, this_year = shown.result.parts

    assert this_year.status == status


def test_just_after_midnight_a_day_of_the_new_year_may_be_logged(town, coordinator):
    kind = ActivityKind.objects.get(code="nyhetsbrev")
    how = {"organisation_id": town.process_authority_id, "by": coordinator,
           "entry": Entry(kind=kind, on=date(2027, 1, 1))}  # fmt: skip
    with pytest.raises(NotAllowed):
        activities.log(key=uuid4(), now=datetime(2026, 12, 31, 22, 59, tzinfo=UTC), **how)
    made = activities.log(key=uuid4(), now=datetime(2026, 12, 31, 23, 1, tzinfo=UTC), **how)

    assert made.on == date(2027, 1, 1)


def test_a_sum_does_not_tell_a_year_of_few(promise, town, coordinator):
    how = {"by": coordinator, "now": NOON}
    actions.commit(
        promise_id=promise.pk, text="Fler rapporter",
        rule=Rule(Type.CONTINUOUS, kinds=("trafikkontroll",), unit=Unit.REPORTS),
        responsible=None, **how,
    )  # fmt: skip
    kind = ActivityKind.objects.get(code="trafikkontroll")
    for year, reports in ((2025, 6), (2026, 2)):
        activities.log(
            organisation_id=town.process_authority_id, key=uuid4(),
            entry=Entry(kind=kind, on=date(year, 5, 1), reports=reports), **how,
        )  # fmt: skip
    _newsletters, shown = queries.progress(promise, today=date(2026, 11, 20))
    told = telling.tell(shown)

    assert [line[1] for line in told.lines] == ["6", "1–4"]
    assert told.said.startswith("7–10 ")
