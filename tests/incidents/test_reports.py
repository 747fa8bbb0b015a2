"""One incident entered on a page: a batch of one row, guarded like any other."""

import uuid
from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.incidents import queries, report_actions, whens
from samlad.incidents.models import Batch, Category, Incident, IncidentText
from samlad.incidents.report_actions import Report
from samlad.incidents.whens import When
from samlad.intake.rows import Precision
from tests.cast import NOON, make_organisation

SUNDAY_MORNING = datetime(2026, 11, 22, 7, 30)


class TestWhens:
    """As people say it."""

    @pytest.mark.parametrize(
        ("when", "now", "starts", "ends"),
        [
            (When.NIGHT, SUNDAY_MORNING, "2026-11-21 22:00", "2026-11-22 06:00"),
            (When.NIGHT, datetime(2026, 11, 22, 3, 0), "2026-11-21 22:00", "2026-11-22 03:00"),
            (When.NIGHT, datetime(2026, 11, 22, 23, 0), "2026-11-22 22:00", "2026-11-22 23:00"),
            (When.WEEKEND, SUNDAY_MORNING, "2026-11-20 18:00", "2026-11-22 07:30"),
            (When.WEEKEND, datetime(2026, 11, 25, 9, 0), "2026-11-20 18:00", "2026-11-23 06:00"),
            (When.WEEKEND, datetime(2026, 11, 20, 9, 0), "2026-11-13 18:00", "2026-11-16 06:00"),
        ],
    )
    def test_a_night_and_a_weekend_are_intervals(self, when, now, starts, ends):
        span = whens.span(when, now)

        assert (f"{span.starts:%Y-%m-%d %H:%M}", f"{span.ends:%Y-%m-%d %H:%M}") == (starts, ends)
        assert span.precision is Precision.INTERVAL

    def test_just_now_is_a_minute(self):
        assert whens.span(When.NOW, SUNDAY_MORNING).precision is Precision.MINUTE


def sent(key, **fields):
    """Return the form as the page sends it."""
    return {
        "key": str(key), "category": str(Category.objects.get(code="klotter").pk), "when": "night",
        "where": "Vid kiosken", "quantity": "1", "text": "Nytt klotter", **fields,
    }  # fmt: skip


@pytest.mark.django_db
class TestPage:
    """What the form takes and what it refuses."""

    @pytest.fixture
    def reporter(self, signed_in, town, source):
        return signed_in(Role.REPORTER, make_organisation(town, "Skola", "skola"))

    def organisation(self, client):
        return str(client.person.memberships.get().organisation_id)

    def send(self, client, **fields):
        key = fields.pop("key", uuid.uuid4())
        return client.post(
            reverse("report"), sent(key, organisation=self.organisation(client), **fields)
        )

    def test_a_report_counts_at_once_for_the_own_organisation(self, reporter, town):
        assert self.send(reporter).status_code == 302

        row = Incident.objects.accepted().get()
        assert row.source.name == "Rapporter: Skola"
        assert row.owner.name == "Skola"
        assert (row.precision, row.category.code) == ("interval", "klotter")
        assert row.written.place_text == "Vid kiosken"
        assert (row.batch.rows, row.batch.reader) == (1, "form 1")
        assert queries.batches(reporter.person) == []

    def test_sent_twice_it_is_one(self, reporter):
        key = uuid.uuid4()
        self.send(reporter, key=key)
        self.send(reporter, key=key)

        assert Incident.objects.count() == 1

    def test_a_certain_hit_is_refused_before_anything_is_stored(self, reporter):
        answer = self.send(reporter, text="Ring 070-174 06 05")

        assert "telefonnummer" in answer.content.decode()
        assert not Batch.objects.exists()

    def test_a_name_is_taken_in_and_waits(self, reporter):
        self.send(reporter, text="Kevin Andersson var där")

        assert IncidentText.objects.get().state == "held"
        assert Incident.objects.accepted().count() == 1

    def test_a_small_group_is_warned_of_once(self, reporter):
        text = "Fem killar i åk 8 på Parkskolan"
        warned = self.send(reporter, text=text)
        assert "send_group" in warned.content.decode()
        assert not Incident.objects.exists()

        self.send(reporter, text=text, send_group="on")

        assert IncidentText.objects.get().state == "held"

    def test_some_kind_of_place_is_asked_for(self, reporter):
        assert "Säg var" in self.send(reporter, where="").content.decode()

    def test_a_point_on_the_map_is_placed_in_its_area(self, reporter):
        self.send(reporter, where="", latitude="56.05", longitude="13.05")

        row = Incident.objects.get()
        assert (row.position, row.area.name) == ("point", "Norra")

    def test_another_time_needs_its_day_and_is_not_to_come(self, reporter):
        assert "Välj dag" in self.send(reporter, when="chosen").content.decode()
        future = self.send(reporter, when="chosen", day="2999-01-01").content.decode()
        assert "inte hänt" in future
        assert self.send(reporter, when="chosen", day="2026-11-14").status_code == 302
        assert Incident.objects.get().precision == "day"

    def test_the_page_says_what_a_report_is_and_is_not(self, reporter):
        page = reporter.get(reverse("report")).content.decode()

        for words in (
            "112",
            "114 14",
            "ingen polisanmälan",
            "inte som privatperson",
            "allmän handling",
        ):
            assert words in page

    def test_damage_is_kept_with_its_owner(self, reporter):
        self.send(reporter, cost_kr="4500", property_owner="kommun", police_reported="1")

        row = Incident.objects.get()
        assert (row.cost_kr, row.property_owner, row.police_reported) == (4500, "kommun", True)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_report(role, person, town, source):
    by = person(role)
    report = Report(
        key=uuid.uuid4(),
        category=Category.objects.get(code="klotter"),
        span=whens.span(When.NOW, SUNDAY_MORNING),
        area="Södra",
    )
    may = role in {
        Role.COORDINATOR, Role.REPORTER, Role.POLICE_LIAISON, Role.FIELD_WORKER, Role.GUARD,
        Role.ASSOCIATION_CONTACT,
    }  # fmt: skip
    kept = {"organisation_id": town.process_authority_id, "report": report, "by": by, "now": NOON}

    if may:
        assert report_actions.report(**kept).area.name == "Södra"
    else:
        with pytest.raises(PermissionDenied):
            report_actions.report(**kept)
