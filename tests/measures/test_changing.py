"""What was stated can be stated again; the list is narrowed; a year is looked back on."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from samlad.activities import actions as activities
from samlad.activities.actions import Entry
from samlad.activities.models import ActivityKind
from samlad.authorization.permissions import Role
from samlad.incidents.models import Category
from samlad.measures import (
    actions,
    aligned,
    evaluation_actions,
    fishbone,
    problem_actions,
    problem_queries,
    programme_review,
    queries,
    year_actions,
    year_queries,
)
from samlad.measures.actions import Description
from samlad.measures.models import Evaluation
from samlad.measures.queries import Choice
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.vocabulary import Bone, EveryTime, Kind, Level
from samlad.measures.workflow import Status
from tests.cast import NOON
from tests.measures.conftest import START, at

TODAY = date(2026, 11, 20)
BEFORE = at(START - timedelta(10))


@pytest.fixture
def decide(town, coordinator):
    """Return a maker of measures."""

    def make(now=NOON, area=None, due_on=date(2026, 12, 1), **described):
        return actions.decide_measure(
            organisation_id=town.process_authority_id, what="Väktare", due_on=due_on, area=area,
            described=Description(**{"kind": Kind.PREVENTING, **described}),
            by=coordinator, now=now,
        )  # fmt: skip

    return make


class TestProblem:
    """A problem, its causes and goals are written again."""

    def test_it_is_changed_closed_and_opened_again(self, problem, areas, town, coordinator):
        how = {"by": coordinator, "now": NOON}
        problem_actions.state_problem(
            problem_id=problem.pk, organisation_id=town.process_authority_id, name="Klotter",
            description="", category=None, areas=[areas[4]], **how,
        )  # fmt: skip
        problem_actions.close_problem(problem_id=problem.pk, **how)
        with pytest.raises(NotAllowed) as refusal:
            problem_actions.add_cause(problem_id=problem.pk, bone=Bone.PLACE, text="Mörkt", **how)
        problem_actions.reopen_problem(problem_id=problem.pk, **how)

        problem.refresh_from_db()
        assert (problem.name, problem.closed_on) == ("Klotter", None)
        assert list(problem.areas.all()) == [areas[4]]
        assert refusal.value.reason == Reason.CLOSED

    def test_a_chain_of_events_keeps_its_order_and_is_drawn_as_steps(self, problem, coordinator):
        how = {"problem_id": problem.pk, "by": coordinator, "now": NOON}
        for text in ("Färg köps", "Tunneln är tom", "Klottret syns"):
            last = problem_actions.add_cause(bone=Bone.CHAIN, text=text, **how)
        problem_actions.move_cause(cause_id=last.pk, **how)
        problem_actions.change_cause(
            cause_id=last.pk, bone=Bone.CHAIN, text="Klottret syns länge", **how
        )

        bones = problem_queries.bones(problem)
        label = str(Bone.CHAIN.label)
        assert bones[label] == ["Färg köps", "Klottret syns länge", "Tunneln är tom"]
        drawn = fishbone.drawing("Klotter", bones, chain=label)
        assert drawn.count("<path") == 2  # an arrow between each two
        assert drawn.index("1. Färg köps") < drawn.index("2. Klottret") < drawn.index("3. Tunneln")

    def test_a_goal_is_changed_and_taken_away(self, problem, town, coordinator):
        how = {"problem_id": problem.pk, "by": coordinator, "now": NOON}
        values = {
            "organisation_id": town.process_authority_id, "what": "Hälften", "target_year": 2027,
            "baseline": None, "baseline_year": None, "source": None, "indicator": None,
            "is_accepted": True, "is_realistic": True,
        }  # fmt: skip
        goal = problem_actions.set_goal(target=10, **values, **how)
        problem_actions.set_goal(goal_id=goal.pk, target=8, **values, **how)

        assert [one.target for one in problem_queries.progress(problem, coordinator)] == [8]
        problem_actions.remove_goal(goal_id=goal.pk, **how)
        assert problem_queries.progress(problem, coordinator) == []


class TestProposedByItself:
    """What needs no choice is not asked for."""

    def test_with_area_start_and_category_it_is_proposed(
        self, problem, areas, incidents, coordinator, decide
    ):
        problem.category = Category.objects.get(code="skadegorelse")
        problem.save()
        made = decide(now=BEFORE, area=areas[3], problem=problem, starts_on=START)
        without = decide(now=BEFORE, area=areas[3], starts_on=START)

        number = evaluation_actions.propose_where_possible(
            measure_ids=[made.pk, without.pk], by=coordinator, now=BEFORE
        )

        assert number == 1
        found = Evaluation.objects.get()
        assert (found.measure_id, found.source_id) == (made.pk, incidents.pk)
        assert found.frozen_at is None

    def test_nothing_is_proposed_after_the_start_or_for_who_may_not(
        self, problem, areas, incidents, coordinator, person, decide
    ):
        problem.category = Category.objects.get(code="skadegorelse")
        problem.save()
        made = decide(now=BEFORE, area=areas[3], problem=problem, starts_on=START)

        for by, now in ((person(Role.LEADER), BEFORE), (coordinator, at(START))):
            assert not evaluation_actions.propose_where_possible(
                measure_ids=[made.pk], by=by, now=now
            )


class TestChoice:
    """The list is narrowed in the database, by every word a measure is described with."""

    def test_each_narrows(self, decide, areas, coordinator):
        chosen = decide(
            area=areas[3], due_on=date(2026, 11, 1), level=Level.STRATEGIC, is_early=True,
            work_areas=("trygghet",), target_groups=("ungdomar",), dayparts=("helgkväll",),
        )  # fmt: skip
        decide()
        municipality = areas[3].parent.code if areas[3].parent else areas[3].code
        for choice in (
            Choice(level="strategisk"), Choice(only_early=True), Choice(only_overdue=True),
            Choice(work_area="trygghet"), Choice(target_group="ungdomar"),
            Choice(daypart="helgkväll"), Choice(area=areas[3].code), Choice(area=municipality),
        ):  # fmt: skip
            planned, _closed = queries.measures(coordinator, today=TODAY, choice=choice)
            assert [one.pk for one in planned] == [chosen.pk], choice

    def test_a_started_measure_goes_on(self, decide, coordinator):
        decide(starts_on=TODAY - timedelta(1))
        ((row,), _closed) = queries.measures(coordinator, today=TODAY)

        assert row.has_begun
        assert row.status == Status.PLANNED
        assert row.status_label != str(Status.PLANNED.label)


class TestYears:
    """A programme's year, the wheel's year, and this year beside the others."""

    def test_a_programme_is_reviewed_year_by_year(self, decide, town, coordinator):
        programme = problem_actions.start_programme(
            organisation_id=town.process_authority_id, name="Sommar", purpose="Lugn.",
            tag_words=[], starts_on=date(2025, 3, 1), ends_before=None, by=coordinator, now=NOON,
        )  # fmt: skip
        made = decide(programme=programme, hours=40, cost_kr=1000)
        actions.follow_up(
            measure_id=made.pk, status=Status.DONE, reason="", every_time=EveryTime.ALWAYS,
            note="Alla kvällar.", hours_used=38, next_on=None, by=coordinator, now=NOON,
        )  # fmt: skip

        first, second = programme_review.years(programme, today=TODAY)
        assert (first.ends_before, second.starts_on) == (date(2026, 3, 1), date(2026, 3, 1))
        empty, full = (
            programme_review.review(programme, coordinator, year=one, today=TODAY)
            for one in (first, second)
        )
        assert (empty.decided, empty.hours_used, empty.is_over) == ([], 0, True)
        assert [one.pk for one in full.decided] == [made.pk]
        assert (full.hours_planned, full.hours_used, full.cost_kr) == (40, 38, 1000)
        assert programme_review.pdf(full).startswith(b"%PDF")

    def test_what_is_done_for_a_year_is_reminded_of_the_next(self, town, coordinator):
        entry = year_actions.add_entry(
            organisation_id=town.process_authority_id, what="Valborg", month=4, before_break="",
            weeks_before=6, by=coordinator, now=NOON,
        )  # fmt: skip
        spring = date(2027, 3, 20)
        assert year_queries.reminders(coordinator, today=spring)
        year_actions.done_for(entry_id=entry.pk, year=2027, by=coordinator, now=NOON)

        assert year_queries.reminders(coordinator, today=spring) == []
        assert year_queries.reminders(coordinator, today=date(2028, 3, 20))

    def test_weeks_lie_above_each_other_and_what_is_not_known_is_no_zero(
        self, problem, incidents, town, coordinator
    ):
        assert aligned.source_of(problem, coordinator) is None
        problem_actions.set_goal(
            problem_id=problem.pk, organisation_id=town.process_authority_id, what="Hälften",
            target=130, target_year=2027, baseline=None, baseline_year=None, source=incidents,
            indicator=None, is_accepted=True, is_realistic=True, by=coordinator, now=NOON,
        )  # fmt: skip
        found = aligned.aligned(
            problem, aligned.source_of(problem, coordinator), today=date(2026, 6, 15)
        )

        assert found.week == 24
        assert list(found.counts) == [2023, 2024, 2025, 2026]
        assert found.counts[2026][24:] == [None] * 29  # weeks to come
        assert found.counts[2025][52] is None  # no week 53 that year
        assert dict(found.so_far)[2025] == sum(found.counts[2025][:24])
        assert 'role="img"' in aligned.drawing(found, title="Skadegörelse")
        assert "stroke-dasharray" in aligned.drawing(found, title="Skadegörelse", target=130)


class TestDone:
    """What was done for a measure stands on its page, linked from the log."""

    def test_an_activity_is_linked_once_and_taken_off(self, decide, town, coordinator):
        measure = decide()
        walk = activities.log(
            organisation_id=town.process_authority_id, key=uuid4(),
            entry=Entry(kind=ActivityKind.objects.get(code="trygghetsvandring"), on=TODAY),
            by=coordinator, now=NOON,
        )  # fmt: skip
        how = {
            "measure_id": measure.pk, "activity_id": walk.pk, "by": coordinator, "now": NOON,
        }  # fmt: skip
        assert queries.activities_to_link(measure, coordinator) == [walk]
        for _ in range(2):
            actions.link_activity(**how)

        assert queries.done_for(measure, coordinator) == [walk]
        actions.unlink_activity(**how)
        assert queries.done_for(measure, coordinator) == []
