"""From a measure to its reading: decided before, frozen at the start, read when it is over."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.calendar.dayparts import Daypart
from samlad.incidents.models import Category, Incident
from samlad.measures import actions, evaluating, evaluation_actions, readings
from samlad.measures.actions import Description
from samlad.measures.models import EffectReading, Evaluation
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.vocabulary import Kind
from samlad.measures.workflow import Method, Reading
from tests.measures.conftest import START, WEEKS_AFTER, at

BEFORE, OVER = START - timedelta(10), START + timedelta(7 * WEEKS_AFTER + 1)


@pytest.fixture
def measure(town, areas, problem, coordinator):
    """Guards at the school from the start on."""
    return actions.decide_measure(
        organisation_id=town.process_authority_id,
        what="Väktare vid skolan",
        due_on=START + timedelta(200),
        area=areas[3],
        described=Description(problem=problem, kind=Kind.PREVENTING, starts_on=START),
        by=coordinator,
        now=at(BEFORE),
    )


@pytest.fixture
def propose(measure, incidents, coordinator):
    """Return a proposer of the measure's evaluation."""

    def make(by=coordinator, now=None):
        return evaluation_actions.propose(
            measure_id=measure.pk,
            source_id=incidents.pk,
            category_id=Category.objects.get(code="skadegorelse").pk,
            weeks=WEEKS_AFTER,
            by=by,
            now=now or at(BEFORE),
        )

    return make


class TestBefore:
    """Everything is chosen before the start."""

    def test_areas_of_the_same_kind_are_compared_with_but_not_neighbours(self, propose):
        found = propose()

        assert found.areas["treated"] == ["1260R003"]
        assert found.areas["buffer"] == ["1260R002", "1260R004"]
        assert found.areas["comparison"] == [
            "1260R000", "1260R001", "1260R005", "1260R006", "1260R007",
        ]  # fmt: skip
        assert found.design["method"] == Method.COMPARISON

    def test_it_is_said_what_could_be_seen(self, propose):
        words = readings.what_could_be_seen(propose().design)

        assert words.startswith("Med omkring 1")
        assert "syns bara en minskning på ungefär" in words

    @pytest.mark.parametrize("known", [True, False])
    def test_it_is_read_in_the_measure_s_hours_where_hours_are_known(
        self, known, measure, propose, incidents, coordinator
    ):
        measure.dayparts = [Daypart.WEEKEND_EVENING]
        measure.save(update_fields=["dayparts"])
        rows = Incident.objects.filter(source=incidents)
        if known:
            rows.update(hour=12)
            rows.filter(happened_on__iso_week_day=5).update(hour=22)
        found = propose()
        read = evaluating.weeks(
            incidents, found.category, found.areas, measure.municipality, coordinator,
            until=START, parts=found.dayparts,
        )  # fmt: skip
        counted = rows.filter(happened_on__lt=START, area__code="1260R003")
        if known:
            counted = counted.filter(hour=22)

        assert found.dayparts == (["helgkväll"] if known else [])
        assert read.weeks.counts[read.weeks.treated].sum() == counted.count() > 0

    def test_all_hours_are_no_hours_of_its_own(self, measure, propose, incidents):
        measure.dayparts = list(Daypart)
        measure.save(update_fields=["dayparts"])
        Incident.objects.filter(source=incidents).update(hour=12)

        assert propose().dayparts == []

    @pytest.mark.parametrize("told", [True, False])
    def test_hours_that_are_no_longer_noted_are_no_fall(
        self, told, measure, propose, incidents, coordinator
    ):
        measure.dayparts = [Daypart.WEEKDAY, Daypart.WEEKEND_DAY]
        measure.save(update_fields=["dayparts"])
        rows = Incident.objects.filter(source=incidents)
        rows.update(hour=12)
        propose()
        evaluation_actions.freeze_started(at(START))
        if not told:
            rows.filter(happened_on__gte=START, area__code="1260R003").update(hour=None)
        reading = evaluation_actions.assess(measure_id=measure.pk, by=coordinator, now=at(OVER))

        assert reading.reading == (Reading.FALL if told else Reading.UNDECIDED)
        assert reading.result["obstacle"] == (None if told else "hours")

    def test_hours_without_incidents_are_no_silence(self, measure, propose, incidents, coordinator):
        measure.dayparts = [Daypart.WEEKEND_EVENING, Daypart.WEEKDAY_EVENING]
        measure.save(update_fields=["dayparts"])
        rows = Incident.objects.filter(source=incidents)
        rows.filter(happened_on__lt=START).update(hour=19)
        rows.filter(happened_on__gte=START).update(hour=12)
        propose()
        evaluation_actions.freeze_started(at(START))
        reading = evaluation_actions.assess(measure_id=measure.pk, by=coordinator, now=at(OVER))

        assert reading.result["weeks_after"] == WEEKS_AFTER
        assert reading.result["obstacle"] != "silent"

    def test_the_start_freezes_it(self, propose, coordinator):
        propose()
        assert evaluation_actions.freeze_started(at(BEFORE)) == 0
        assert evaluation_actions.freeze_started(at(START)) == 1
        assert evaluation_actions.freeze_started(at(START)) == 0

        with pytest.raises(NotAllowed) as refusal:
            propose(now=at(BEFORE))
        assert refusal.value.reason == Reason.FROZEN

    def test_a_frozen_measure_is_not_moved(self, propose, measure, areas, coordinator):
        propose()
        evaluation_actions.freeze_started(at(START))

        with pytest.raises(NotAllowed) as refusal:
            actions.describe(
                measure_id=measure.pk, what=measure.what, due_on=measure.due_on, area=areas[5],
                place=None, described=Description(kind=Kind.PREVENTING, starts_on=START), by=coordinator, now=at(START),
            )  # fmt: skip
        assert refusal.value.reason == Reason.FROZEN

    def test_nothing_is_proposed_once_it_has_started(self, propose):
        with pytest.raises(NotAllowed) as refusal:
            propose(now=at(START))

        assert refusal.value.reason == Reason.STARTED

    def test_moving_the_measure_drops_what_was_proposed(self, propose, measure, areas, coordinator):
        propose()
        actions.describe(
            measure_id=measure.pk, what=measure.what, due_on=measure.due_on, area=areas[5],
            place=None, described=Description(kind=Kind.PREVENTING, starts_on=START), by=coordinator, now=at(BEFORE),
        )  # fmt: skip

        assert not Evaluation.objects.exists()
        assert evaluation_actions.freeze_started(at(START)) == 0

    def test_the_pictures_that_showed_the_problem_are_in_no_baseline(
        self, propose, problem, measure
    ):
        problem.starts_on = START - timedelta(weeks=30)
        problem.save()
        found = propose()

        assert found.design["peak_from"] == (START - timedelta(weeks=30)).isoformat()

    def test_others_do_not_propose(self, propose, person):
        with pytest.raises(PermissionDenied):
            propose(by=person(Role.REPORTER))


class TestAfter:
    """Read once the weeks are over, and kept."""

    def test_a_planted_fall_is_read(self, propose, measure, coordinator):
        propose()
        evaluation_actions.freeze_started(at(START))
        found = evaluation_actions.assess(measure_id=measure.pk, by=coordinator, now=at(OVER))
        told = readings.tell(found.result, Evaluation.objects.get().design)

        assert found.reading == Reading.FALL
        assert told.label == "tydlig minskning"
        assert "Jämfört med förändringen i områden av samma slag" in told.primary.sentence
        assert len(told.supports) >= 3

    def test_not_before_it_is_over_nor_without_a_start(self, propose, measure, coordinator):
        propose()
        for now, reason in ((OVER, Reason.NOT_FROZEN), (START, Reason.TOO_EARLY)):
            if reason == Reason.TOO_EARLY:
                evaluation_actions.freeze_started(at(START))
            with pytest.raises(NotAllowed) as refusal:
                evaluation_actions.assess(measure_id=measure.pk, by=coordinator, now=at(now))
            assert refusal.value.reason == reason
        assert not EffectReading.objects.exists()

    def test_reading_again_adds_and_changes_nothing(self, propose, measure, coordinator):
        propose()
        evaluation_actions.freeze_started(at(START))
        for _ in range(2):
            evaluation_actions.assess(measure_id=measure.pk, by=coordinator, now=at(OVER))
        one, other = EffectReading.objects.all()

        assert one.result == other.result

    def test_a_measure_that_was_not_carried_out_has_no_effect(self, propose, measure, coordinator):
        propose()
        evaluation_actions.freeze_started(at(START))
        actions.set_status(
            measure_id=measure.pk, status="ej_gjord", reason="no_time", by=coordinator, now=at(OVER)
        )
        found, refused = evaluation_actions.assess_many(
            measure_ids=[measure.pk], by=coordinator, now=at(OVER)
        )

        assert found == []
        assert refused == ["Åtgärden genomfördes inte: det finns ingen effekt att läsa av."]


class TestFrozen:
    """What is frozen, and what has been read, is not thrown away by a change of words."""

    def test_another_problem_does_not_drop_it(self, measure, propose, coordinator, problem):
        propose()
        evaluation_actions.freeze_started(at(START))
        for now in (at(START), at(OVER)):
            with pytest.raises(NotAllowed) as refusal:
                actions.describe(
                    measure_id=measure.pk, what="x", due_on=measure.due_on, area=measure.area,
                    place=None, described=Description(kind=Kind.PREVENTING, starts_on=START),
                    by=coordinator, now=now,
                )  # fmt: skip
            assert refusal.value.reason == Reason.FROZEN
        assert Evaluation.objects.filter(measure=measure).exists()

    def test_nor_between_the_start_and_the_tick(self, measure, propose, coordinator):
        propose()
        with pytest.raises(NotAllowed):
            actions.describe(
                measure_id=measure.pk, what="x", due_on=measure.due_on, area=measure.area,
                place=None, described=Description(kind=Kind.PREVENTING, starts_on=START),
                by=coordinator, now=at(START),
            )  # fmt: skip
