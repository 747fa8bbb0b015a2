"""The record is searched by those who may, in words; and the search leaves an event."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from samlad.administration import queries
from samlad.administration.labels import EVENTS
from samlad.audit.models import AuditEvent
from samlad.authorization.permissions import Role
from samlad.incidents import actions as incidents
from tests.cast import NOON, make_organisation

SRC = Path(__file__).parents[2] / "src"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_every_event_has_its_words_and_a_reader():
    used = set()
    for path in SRC.rglob("*.py"):
        used |= set(re.findall(r'event\s*=\s*"([a-z_.]+)"', path.read_text()))

    assert used <= set(EVENTS)
    assert {event.split(".")[0] for event in EVENTS} <= set(queries.READABLE_WITH)


@pytest.mark.django_db
class TestSearch:
    """People see events on things they may see; administrators accounts and settings only."""

    @pytest.fixture(autouse=True)
    def _events(self, town, other_town, person):
        for municipality in (town, other_town):
            incidents.add_source(
                owner_id=municipality.process_authority_id,
                code="fel",
                name="Fel",
                kind="reports",
                by=None,
                now=NOON,
            )
        make_organisation(town, "Skola", "skola")

    def test_a_coordinator_sees_the_own_town(self, town, person):
        found = queries.events(person(Role.COORDINATOR))

        assert [row.event for row in found] == ["incidents.source.added"]

    def test_an_administrator_sees_no_content(self, town, person, client):
        administrator = person(Role.ADMINISTRATOR)
        client.force_login(administrator, BACKEND)
        client.post(
            reverse("people"),
            {
                "name": "Ny",
                "email": "ny@example.test",
                "organisation": town.process_authority_id,
                "role": Role.REPORTER,
            },
        )

        found = {row.event for row in queries.events(administrator)}

        assert found == {"accounts.user.invited", "authorization.membership.added"}

    def test_the_search_itself_is_recorded_without_what_was_searched_for(self, person, client):
        client.force_login(person(Role.COORDINATOR), BACKEND)
        page = client.get(reverse("events"), {"text": "källa"}).content.decode()

        assert "lade till en källa" in page
        last = AuditEvent.objects.last()
        assert last.event == "audit.log.searched"
        assert "källa" not in str(last.details)

    def test_others_do_not_find_the_log(self, person, client):
        client.force_login(person(Role.LEADER), BACKEND)

        assert client.get(reverse("events")).status_code == 404
