"""A shift from the phone: logged once, in bands, by the written rule, for those who are out."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from samlad.activities.models import Activity
from samlad.authorization.permissions import Role
from samlad.places.models import Place
from samlad.rounds.shift_receiving import part_of_week
from tests.cast import make_organisation


@pytest.fixture
def team(town):
    return make_organisation(town, "Fältgruppen", "kultur-fritid")


@pytest.fixture
def phone(client, person, team):
    """A field worker's signed-in phone."""
    client.person = person(Role.FIELD_WORKER, team)
    client.force_login(client.person, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def square(town):
    return Place.objects.create(
        municipality=town, name="Torget", kind="annan", x_m=376_000, y_m=6_215_000
    )


def send(client, shift, organisation):
    body = {
        "user": str(client.person.pk), "organisation": organisation.pk, "events": [],
        "shift": shift,
    }  # fmt: skip
    return client.post("/rapportera/skicka/", json.dumps(body), content_type="application/json")


def shift(**more):
    return {
        "key": str(uuid.uuid4()), "role": "falt", "day": timezone.localdate().isoformat(),
        "part": "kvall", "hours": 4.5, "orientations": ["uppsokande"], "contacts": {"ny": 3},
        "topics": {"droger": 1}, "referrals": {"stodcentrum": 5}, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "part", "name"),
    [
        (date(2026, 11, 20), "kvall", "helgkväll"),  # a Friday
        (date(2026, 11, 20), "natt", "helgnatt"),
        (date(2026, 11, 21), "natt", "helgnatt"),  # into Sunday
        (date(2026, 11, 22), "natt", "vardagsnatt"),  # into Monday
        (date(2026, 11, 21), "dag", "helg dagtid"),
        (date(2026, 11, 18), "kvall", "vardagskväll"),
    ],
)
def test_the_part_of_the_week_is_of_the_day_it_began_on(on, part, name):
    assert part_of_week(on, part) == name


def test_it_is_logged_once_in_bands(phone, team, square):
    sent = shift(place=square.pk)
    first, again = send(phone, sent, team), send(phone, sent, team)
    one = Activity.objects.get()

    assert first.json()["shift"] == again.json()["shift"] == {"state": "in", "id": one.pk}
    assert (one.owner, one.kind.code, one.place, float(one.hours)) == (
        team, "faltpass", square, 4.5
    )  # fmt: skip
    assert one.shift.contacts == {"ny": 1}  # three is between one and four
    assert one.shift.referrals == {"stodcentrum": 5}
    assert one.orientations == ["uppsokande"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "polis"}, {"role": None}, {"part": "gryning"}, {"hours": 0}, {"hours": 25},
        {"hours": "NaN"}, {"hours": True}, {"day": "igår"}, {"day": "2020-01-01"},
        {"day": (timezone.localdate() + timedelta(2)).isoformat()}, {"key": "x"},
        {"place": 10**9}, {"contacts": {"ny": -1}}, {"contacts": {"Kim": 1}}, {"contacts": [1]},
        {"topics": {"droger": 2.5}}, {"orientations": ["annat"]}, {"orientations": [[]]},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(wrong, phone, team):
    answer = send(phone, shift(**wrong), team)

    assert answer.status_code == 200
    assert answer.json()["shift"]["state"] == "refused"
    assert all(answer.json()["shift"]["errors"].values())
    assert not Activity.objects.exists()


@pytest.mark.parametrize("sent", ["x", 3, [], {}])
def test_what_is_no_shift_is_never_a_fault(sent, phone, team):
    assert send(phone, sent, team).json()["shift"]["state"] == "refused"


def test_a_shift_is_of_one_s_own_team(phone, town):
    answer = send(phone, shift(), make_organisation(town, "Gatan", "samhallsbyggnad"))

    assert answer.json()["shift"]["state"] == "refused"
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("role", "offered"),
    [(Role.FIELD_WORKER, True), (Role.GUARD, True), (Role.REPORTER, False)],
)
def test_it_is_offered_to_those_who_are_out(role, offered, client, person, team):
    client.force_login(person(role, team), "allauth.account.auth_backends.AuthenticationBackend")
    (own,) = client.get("/rapportera/uppgifter.json").json()["organisations"]

    assert (own["shift"] is not None) is offered
    if offered:
        assert own["shift"]["role"] == ("vaktare" if role == Role.GUARD else "falt")
