"""A measure: who may decide it, of what it follows, and what became of it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.measures import actions, queries
from samlad.measures.models import Measure
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.vocabulary import Kind
from samlad.measures.workflow import NotDoneReason, Status
from tests.cast import NOON, make_organisation

DUE, TODAY = date(2026, 12, 1), date(2026, 11, 20)


@pytest.fixture
def decide(town):
    """Return a maker of measures for an organisation."""

    def make(by, organisation=None, **more):
        return actions.decide_measure(
            organisation_id=(organisation or town.process_authority).pk,
            what="Laga belysningen",
            due_on=DUE,
            described=actions.Description(kind=Kind.REMEDYING),
            by=by,
            now=NOON,
            **more,
        )

    return make


class TestDeciding:
    """The coordinator for everybody; an organisation for itself; nobody for another."""

    def test_the_coordinator_decides_for_any_organisation_here(self, town, person, decide):
        streets = make_organisation(town, "Gata", "samhallsbyggnad")
        measure = decide(person(Role.COORDINATOR), streets)

        assert measure.owner == streets
        (row,), _closed = queries.measures(person(Role.REPORTER, streets), today=TODAY)
        assert row.may_edit

    def test_an_organisation_decides_for_itself_alone(self, town, person, decide):
        streets = make_organisation(town, "Gata", "samhallsbyggnad")
        with pytest.raises(PermissionDenied):
            decide(person(Role.REPORTER, streets))

        assert decide(person(Role.REPORTER, streets), streets).pk

    @pytest.mark.parametrize("role", [Role.LEADER, Role.REVIEWER, Role.MEMBER, Role.RELEASER])
    def test_those_who_read_do_not_decide(self, role, person, decide):
        with pytest.raises(PermissionDenied):
            decide(person(role))

    def test_another_municipality_sees_nothing(self, person, decide, other_town):
        decide(person(Role.COORDINATOR))
        stranger = person(Role.COORDINATOR, other_town.process_authority)

        assert queries.measures(stranger, today=TODAY) == ([], [])


class TestClosing:
    """Done, in part, or not done and why."""

    def test_not_done_needs_its_reason(self, person, decide):
        coordinator = person(Role.COORDINATOR)
        measure = decide(coordinator)

        with pytest.raises(NotAllowed) as refusal:
            actions.set_status(
                measure_id=measure.pk, status=Status.NOT_DONE, by=coordinator, now=NOON
            )

        assert refusal.value.reason == Reason.NO_REASON
        actions.set_status(
            measure_id=measure.pk,
            status=Status.NOT_DONE,
            reason=NotDoneReason.NO_MONEY,
            by=coordinator,
            now=NOON,
        )
        assert Measure.objects.get().closed_on == TODAY

    def test_done_and_open_again(self, person, decide):
        coordinator = person(Role.COORDINATOR)
        measure = decide(coordinator)
        for status in (Status.DONE, Status.PLANNED):
            actions.set_status(measure_id=measure.pk, status=status, by=coordinator, now=NOON)

        assert Measure.objects.get().closed_on is None

    def test_what_should_have_been_done_is_overdue(self, person, decide):
        coordinator = person(Role.COORDINATOR)
        decide(coordinator)

        assert queries.count_overdue(coordinator, today=DUE) == 0
        assert queries.count_overdue(coordinator, today=date(2026, 12, 2)) == 1
