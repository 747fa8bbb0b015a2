"""Rows of several sources are one occurrence only when a person or a written rule says so."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.incidents import link_actions, reviewing, twins
from samlad.incidents.models import Incident, Occurrence, Source
from samlad.incidents.rules import NotAllowed
from tests.cast import NOON

HEADER = "id;tid;typ;lat;lon;område\n"
SPAN = {"starts_on": date(2026, 11, 1), "ends_before": date(2026, 12, 1)}


@pytest.fixture
def told(take_in, source, town):
    """One thing told by two sources, and things that are not the same."""
    guards = Source.objects.create(municipality=town, owner=source.owner, code="v", name="Väktarna")
    take_in(
        HEADER
        + "1;2026-11-14 22:30;Klotter;56.05;13.05;\n"
        + "2;2026-11-14 22:30;Skadegörelse;56.05;13.05;\n"  # another category
        + "3;2026-11-10;Klotter;;;Södra\n"
    )
    take_in(
        HEADER
        + "1;2026-11-14 23:10;Klotter;56.0508;13.0501;\n"  # 90 m and 40 minutes away
        + "2;2026-11-14 22:30;Klotter;56.03;13.02;\n"  # far away
        + "3;2026-11-20 22:30;Klotter;56.05;13.05;\n"  # days later
        + "4;2026-11-10 13:00;Klotter;;;Södra\n",
        into=guards,
    )
    return guards


@pytest.mark.django_db
class TestTwins:
    """Same category, near in place and time, different sources."""

    def test_are_proposed_and_nothing_else_is(self, told, person):
        found = twins.likely(user=person(Role.REVIEWER), **SPAN)

        assert [(t.first.row_number, t.second.row_number) for t in found] == [(2, 2), (4, 5)]
        assert found[0].distance_m == pytest.approx(89, abs=3)
        assert found[1].distance_m is None
        assert not Occurrence.objects.exists()

    def test_a_pair_said_not_to_be_the_same_does_not_come_again(self, told, person):
        by = person(Role.COORDINATOR)
        twin = twins.likely(user=by, **SPAN)[0]

        link_actions.refuse(first_id=twin.first.pk, second_id=twin.second.pk, by=by, now=NOON)

        assert len(twins.likely(user=by, **SPAN)) == 1

    def test_only_linked_rows_are_summed(self, told, person):
        by = person(Role.COORDINATOR)
        twin = twins.likely(user=by, **SPAN)[0]
        assert reviewing.occurrences(by, **SPAN) == []

        link_actions.link(first_id=twin.first.pk, second_id=twin.second.pk, by=by, now=NOON)

        (occurrence,) = reviewing.occurrences(by, **SPAN)
        assert {row.source.name for row in occurrence.rows} == {"Felanmälan", "Väktarna"}
        assert Incident.objects.accepted().count() == 7

    def test_a_third_row_joins_and_leaves_again(self, told, person, take_in, town, source):
        by = person(Role.COORDINATOR)
        third = Source.objects.create(municipality=town, owner=source.owner, code="h", name="Hus")
        take_in(HEADER + "1;2026-11-14 22:40;Klotter;56.05;13.05;\n", into=third)
        rows = [Incident.objects.get(source=s, row_number=2) for s in (source, told, third)]
        link_actions.link(first_id=rows[0].pk, second_id=rows[1].pk, by=by, now=NOON)
        link_actions.link(first_id=rows[1].pk, second_id=rows[2].pk, by=by, now=NOON)
        assert Occurrence.objects.get().incidents.count() == 3

        link_actions.unlink(incident_id=rows[0].pk, by=by, now=NOON)
        link_actions.unlink(incident_id=rows[1].pk, by=by, now=NOON)

        assert not Occurrence.objects.exists()
        assert not Incident.objects.filter(occurrence__isnull=False).exists()

    def test_rows_of_one_source_are_never_linked(self, told, person, source):
        one, other = Incident.objects.filter(source=source)[:2]

        with pytest.raises(NotAllowed):
            link_actions.link(
                first_id=one.pk, second_id=other.pk, by=person(Role.COORDINATOR), now=NOON
            )

    @pytest.mark.parametrize("role", [*Role, None])
    def test_who_may_link(self, role, told, person, source):
        ids = {
            "first_id": Incident.objects.get(source=source, row_number=2).pk,
            "second_id": Incident.objects.get(source=told, row_number=2).pk,
        }
        by = person(role)
        if role in {Role.COORDINATOR, Role.REVIEWER}:
            assert link_actions.link(**ids, by=by, now=NOON).pk
        else:
            with pytest.raises(PermissionDenied):
                link_actions.link(**ids, by=by, now=NOON)


@pytest.mark.django_db
class TestRules:
    """A written rule links only pairs without another twin."""

    def write(self, source, told, by, **within):
        return link_actions.write_rule(
            first_id=source.pk, second_id=told.pk, by=by, now=NOON,
            **({"within_m": 100, "within_hours": 2} | within),
        )  # fmt: skip

    def test_links_what_it_says(self, told, source, person):
        by = person(Role.COORDINATOR)
        rule = self.write(source, told, by)

        assert link_actions.apply_rule(rule_id=rule.pk, by=by, now=NOON) == 1
        assert link_actions.apply_rule(rule_id=rule.pk, by=by, now=NOON) == 0
        assert Occurrence.objects.get().rule == rule

    def test_leaves_what_has_two_twins_to_a_person(self, told, source, person, take_in):
        take_in(HEADER + "9;2026-11-14 23:00;Klotter;56.0501;13.05;\n", into=told)
        by = person(Role.COORDINATOR)
        rule = self.write(source, told, by)

        assert link_actions.apply_rule(rule_id=rule.pk, by=by, now=NOON) == 0

    def test_of_one_source_is_refused(self, told, source, person):
        with pytest.raises(NotAllowed):
            self.write(source, source, person(Role.COORDINATOR))

    def test_ended_it_links_no_more(self, told, source, person):
        by = person(Role.COORDINATOR)
        rule = self.write(source, told, by)
        link_actions.end_rule(rule_id=rule.pk, by=by, now=NOON)

        with pytest.raises(type(rule).DoesNotExist):
            link_actions.apply_rule(rule_id=rule.pk, by=by, now=NOON)
