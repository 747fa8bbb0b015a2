"""The deployment list: by findings, moved with trace, seen by its actors, scored afterwards."""

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.calendar.dayparts import Daypart
from samlad.places.models import Area
from samlad.rounds import actions, meeting_actions, presence, queries, scoring
from samlad.rounds.models import PlannedPresence, PresenceMove
from samlad.rounds.workflow import Outcome
from tests.cast import make_organisation
from tests.rounds.conftest import MONDAY, at

NOW = at("2026-11-26")


def picture(findings=(), places=()):
    hours = np.zeros((7, 24))
    hours[4, 22] = 50  # Friday night
    return {
        "findings": list(findings),
        "places": list(places),
        "hours": [{"source": "s", "counts": hours.tolist()}],
    }


def finding(area="a", **parameters):
    return {
        "kind": "level",
        "area": {"code": area, "name": area.upper()},
        "category": {"code": "klotter", "label": "Klotter"},
        "source": {"code": "s", "name": "S"},
        "observed": 9,
        "expected": 2.0,
        "parameters": parameters,
    }


def place(cell=(1, 2), area="b"):
    return {
        "area": {"code": area, "name": "B"},
        "cell": list(cell),
        "source": {"code": "s", "name": "S"},
        "incidents": 12,
        "categories": [{"label": "Klotter", "incidents": 7}],
    }


class TestProposal:
    """Findings first, then places with many reports, at their busiest times."""

    def test_findings_come_before_places_and_in_their_busiest_dayparts(self):
        rows = presence.proposed(picture([finding()], [place()]), {}, ["a", "b"])

        assert [row.finding for row in rows] == [0, 0, None]
        assert rows[0].daypart == Daypart.WEEKEND_EVENING
        assert rows[2].spot == "ruta 0,25:0,5"

    def test_dismissed_findings_send_nobody_anywhere(self):
        assert presence.proposed(picture([finding()]), {0: "dismissed"}, ["a"]) == []

    def test_at_most_ten_lines_and_none_twice(self):
        many = [place((i, i)) for i in range(30)] + [place((0, 0))]
        rows = presence.proposed(picture([finding(), finding()], many), {}, ["a", "b"])

        assert len(rows) == presence.MOST
        assert len({(row.area, row.spot, row.daypart) for row in rows}) == presence.MOST


class TestScore:
    """Beside "the same places as last week"."""

    def test_a_list_that_went_where_it_happened(self):
        found = presence.score(
            source="S",
            ranked=[2, 2, 0],
            before=np.array([5, 9, 0, 0]),
            after=np.array([1, 0, 9, 0]),
            size=np.ones(4),
        )

        assert found.places == 2
        assert found.hit_percent == 100
        assert found.pai == pytest.approx(2.0)  # all of it in half of the area
        assert found.as_last == pytest.approx(0.1 / 0.5)

    def test_nothing_to_score_where_nothing_came(self):
        nothing = {"source": "S", "before": np.ones(2), "size": np.ones(2)}

        assert presence.score(ranked=[0], after=np.zeros(2, int), **nothing) is None
        assert presence.score(ranked=[], after=np.ones(2, int), **nothing) is None


@pytest.fixture
def line(week, town):
    area = Area.objects.filter(municipality=town, kind="regso").first()
    return PlannedPresence.objects.create(
        round=week, municipality=town, rank=1, area=area, daypart=Daypart.WEEKEND_EVENING
    )


class TestMoving:
    """For the actors in it alone; a move leaves its trace (A12)."""

    def test_only_the_assigned_organisation_and_the_authority_see_it(self, line, town, person):
        coordinator = person(Role.COORDINATOR)
        guards = make_organisation(town, "Väktarna", "bevakningsforetag")
        guard = person(Role.GUARD, guards)
        police = person(Role.POLICE_LIAISON, make_organisation(town, "Polisen", "polis"))
        meeting_actions.assign_presence(
            presence_id=line.pk, organisation_id=guards.pk, by=coordinator, now=NOW
        )

        seen = {
            user: queries.presences(user, today=MONDAY) for user in (guard, police, coordinator)
        }
        assert [len(seen[user]) for user in (guard, police, coordinator)] == [1, 0, 1]

    def test_a_move_keeps_where_it_was(self, line, town, person):
        guards = make_organisation(town, "Väktarna", "bevakningsforetag")
        line.owner = guards
        line.save()
        other = Area.objects.filter(municipality=town, kind="regso").last()
        before = line.area_id
        meeting_actions.move_presence(
            presence_id=line.pk,
            area=other,
            spot="Busstorget",
            daypart=Daypart.WEEKDAY_EVENING,
            by=person(Role.GUARD, guards),
            now=NOW,
        )

        move = PresenceMove.objects.get()
        assert (move.from_area_id, move.organisation_id) == (before, guards.pk)
        line.refresh_from_db()
        assert (line.area_id, line.spot) == (other.pk, "Busstorget")

    def test_others_do_not_move_it(self, line, town, person):
        stranger = person(Role.GUARD, make_organisation(town, "Andra", "bevakningsforetag"))

        with pytest.raises(PermissionDenied):
            meeting_actions.move_presence(
                presence_id=line.pk,
                area=line.area,
                spot="",
                daypart=Daypart.WEEKDAY,
                by=stranger,
                now=NOW,
            )


def test_outcomes_that_count_are_named():
    assert {Outcome.INCLUDED, Outcome.LINKED} == set(Outcome) - set(queries.LEFT_OUT)


def test_a_list_is_scored_on_the_next_round_beside_the_same_places(
    process, week, town, person, take_in
):
    """Once the next round is reviewed: the list's areas against where it happened."""
    first, second = Area.objects.filter(municipality=town, kind="regso").order_by("code")
    PlannedPresence.objects.create(
        round=week, municipality=town, rank=1, area=second, daypart=Daypart.WEEKEND_EVENING
    )
    rows = [f"2026-11-18,Klotter,{first.name}"] * 4 + [f"2026-11-25,Klotter,{second.name}"] * 3
    take_in("Datum,Kategori,Område\n" + "\n".join(rows))
    coordinator = person(Role.COORDINATOR)
    assert scoring.scores(week, coordinator) == []  # the next round is not over

    (after,) = actions.open_rounds(process_id=process.pk, now=at("2026-11-24"))
    now = at("2026-12-01", "12:01")
    actions.finish_review(round_id=after.pk, by=coordinator, now=now)
    (score,) = scoring.scores(week, coordinator)

    assert (score.incidents, score.places, score.hit_percent) == (3, 1, 100)
    assert score.pai > 1
    assert score.as_last == 0.0
