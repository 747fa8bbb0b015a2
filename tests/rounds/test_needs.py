"""The parts of a municipality ranked by need, each with what its place rests on."""

from datetime import date

from samlad.authorization.permissions import Role
from samlad.measures import problem_actions
from samlad.places.models import Area, AreaKind
from samlad.rounds import meeting_actions, needs
from tests.cast import NOON
from tests.measures.conftest import areas  # noqa: F401

TODAY = date(2026, 11, 20)


def test_a_meetings_order_comes_first_then_problems(week, town, person, areas):  # noqa: F811
    coordinator = person(Role.COORDINATOR)
    problem_actions.state_problem(
        organisation_id=town.process_authority_id, name="Klotter", description="", category=None,
        areas=[areas[2]], by=coordinator, now=NOON,
    )  # fmt: skip
    meeting_actions.prioritise(
        round_id=week.pk, area=areas[5], need=3, influence=2, reason="Störst ökning",
        by=coordinator, now=NOON,
    )  # fmt: skip

    ranked = needs.needs(town, coordinator, today=TODAY)

    assert [(one.area, one.score) for one in ranked][:2] == [("Område 5", 6), ("Område 2", 0)]
    assert ranked[0].reason == "Störst ökning"
    assert [one.name for one in ranked[1].problems] == ["Klotter"]


def test_what_lies_in_a_district_stands_with_it(week, town, person, areas):  # noqa: F811
    coordinator = person(Role.COORDINATOR)
    district = Area.objects.create(
        municipality=town, kind=AreaKind.DISTRICT, code="norr", name="Norr",
        valid_from=date(2018, 1, 1), boundary=areas[0].boundary,
    )  # fmt: skip
    Area.objects.filter(pk=areas[2].pk).update(parent=district)
    meeting_actions.prioritise(
        round_id=week.pk, area=areas[2], need=2, influence=2, reason="Ljuset", by=coordinator,
        now=NOON,
    )  # fmt: skip

    ranked = needs.needs(town, coordinator, today=TODAY)

    assert [(one.area, one.score) for one in ranked] == [("Norr", 4)]
