"""What the phone sends: read with care, taken once, never a fault."""

import json
import uuid

import pytest
from django.conf import settings
from django.core import signing

from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from samlad.incidents.models import Incident
from samlad.places.models import Place, PlaceKind
from samlad.rounds.phone_lists import lists
from samlad.rounds.views.phone import DEVICE
from tests.rounds.conftest import MONDAY, at

BAD = [
    "inte json",
    "[" * 50_000,
    "[]",
    "{}",
    '{"organisation": 1e999, "events": []}',
    '{"organisation": null, "events": []}',
    '{"organisation": 1, "events": "x"}',
]


@pytest.fixture
def phone(client, signed_in, expected, week):
    """A reporter's signed-in phone."""
    user = expected["Skolan"]
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    client.person = user
    return client


def send(client, event=None, **more):
    body = {
        "user": str(client.person.pk),
        "organisation": client.person.memberships.get().organisation_id,
        "events": [event] if event else [],
        **more,
    }
    return client.post("/rapportera/skicka/", json.dumps(body), content_type="application/json")


def event(**more):
    return {
        "key": str(uuid.uuid4()),
        "category": "klotter",
        "when": "now",
        "where": "Torget",
        **more,
    }


@pytest.mark.parametrize("body", BAD)
def test_what_cannot_be_read_is_refused_and_never_a_fault(body, phone):
    answer = phone.post("/rapportera/skicka/", body, content_type="application/json")

    assert answer.status_code in {400, 409}
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": ["now"]},
        {"property_owner": ["kommun"]},
        {"police_reported": "ja"},
        {"latitude": "56"},
        {"quantity": True},
        {"category": {"a": 1}},
        {"text": 5},
        {"key": "x"},
        {"when": "chosen", "day": "2026-02-30"},
    ],
)
def test_a_wrong_field_is_said_and_the_rest_is_taken(wrong, phone):
    good = event()
    answer = send(phone, events=[good, event(**wrong), event()]).json()

    assert [one["state"] for one in answer["events"]] == ["in", "refused", "in"]
    assert Incident.objects.count() == 2


def test_sent_twice_is_one(phone):
    one = event()
    first, again = send(phone, one).json(), send(phone, one).json()

    assert first == again
    assert Incident.objects.count() == 1


def test_what_waits_for_another_person_is_not_sent(phone):
    assert send(phone, event(), user="999").status_code == 409
    assert Incident.objects.count() == 0


def test_nobody_reports_for_an_organisation_that_is_not_theirs(phone, town):
    answer = send(phone, event(), organisation=town.process_authority_id).json()

    assert answer["events"][0]["state"] == "refused"
    assert Incident.objects.count() == 0


def test_just_now_is_when_it_was_written(phone):
    """A report that waited without a network keeps its own hour."""
    from datetime import timedelta

    from django.utils import timezone

    written = timezone.now() - timedelta(hours=30)
    send(phone, event(), written_at=written.isoformat())

    assert abs(Incident.objects.get().starts_at - written) < timedelta(minutes=1)


def test_a_closed_account_is_told_to_its_own_phone_alone(phone, client):
    device = signing.dumps(phone.person.pk, salt=DEVICE)
    client.logout()
    assert client.post("/rapportera/enhet/", {"device": device}).json() == {"account": "open"}
    type(phone.person).objects.update(is_active=False)

    assert client.post("/rapportera/enhet/", {"device": device}).json() == {"account": "closed"}
    assert client.post("/rapportera/enhet/", {"device": "påhittad"}).status_code == 400


def test_a_long_session_ends_with_a_role_that_reads_others(phone, town):
    phone.post("/rapportera/telefon/", {"own": "1"})
    assert phone.session.get_expiry_age() > settings.SESSION_COOKIE_AGE
    Membership.objects.create(
        user=phone.person,
        organisation=town.process_authority,
        role=Role.COORDINATOR,
        starts_on=MONDAY.replace(year=2020),
    )
    phone.get("/start/")

    assert phone.session.get_expiry_age() <= settings.SESSION_COOKIE_AGE


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_whoever_reads_others_has_no_long_session(role, client, person):
    client.force_login(person(role), "allauth.account.auth_backends.AuthenticationBackend")
    client.post("/rapportera/telefon/", {"own": "1"})

    assert client.session.get_expiry_age() <= 14 * 24 * 3600


def test_ones_own_places_and_landmarks_are_offered_before_streets(phone, town):
    school = phone.person.memberships.get().organisation
    for name, kind, owner in (
        ("Avenyn", PlaceKind.ROAD, None),
        ("Brunnsparken", PlaceKind.PARK, None),
        ("Centralskolan", PlaceKind.SCHOOL, school),
    ):
        Place.objects.create(
            municipality=town, name=name, kind=kind, owner=owner, x_m=376_000, y_m=6_215_000
        )

    mine = lists(phone.person, now=at("2026-11-20"))["organisations"][0]
    names = {one["id"]: one["name"] for one in mine["places"]}
    offered = [names[one] for one in mine["recent"]]
    assert offered[0] == "Centralskolan"
    assert offered.index("Brunnsparken") < offered.index("Avenyn")
