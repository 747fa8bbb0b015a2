"""The API: a program reports for its organisation, reads its own, and nobody else's."""

import json
import uuid
from datetime import date, timedelta

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from samlad.authorization import tokens
from samlad.authorization.models import ApiToken, TokenScope
from samlad.authorization.permissions import Role
from samlad.config.wsgi import application
from samlad.incidents.models import Incident
from samlad.rounds.api import api
from tests.cast import NOON, make_organisation

PERSONNUMMER = "19900101-2385"


@pytest.fixture
def program(town, person, source):
    """Return a maker of keys: program("Bostadsbolaget") gives its secret."""
    administrator = person(Role.ADMINISTRATOR)

    def make(name="Bostadsbolaget", scope=TokenScope.READ, days=30):
        organisation = make_organisation(town, name, "bostadsbolag")
        _token, secret = tokens.make_token(
            organisation_id=organisation.pk,
            name=f"Felanmälan {name}",
            scope=scope,
            expires_on=date.today() + timedelta(days=days),
            by=administrator,
            now=NOON,
        )
        return secret

    make.administrator = administrator
    return make


@pytest.fixture
def call(client):
    """Return a caller: call("get", "/api/places", secret)."""

    def run(method, path, secret=None, body=None, **headers):
        if secret:
            headers["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        options = {"data": json.dumps(body), "content_type": "application/json"} if body else {}
        return getattr(client, method)(path, **options, **headers)

    return run


def event(**more):
    return {"category": "klotter", "day": "2026-11-18", "where": "Torget", **more}


class TestTokens:
    """Per organisation, with scope and expiry, shown once, revocable."""

    @pytest.mark.parametrize(
        "path", ["/api/reports", "/api/reports/1", "/api/categories", "/api/places", "/api/areas"]
    )
    def test_without_a_token_the_answer_is_401(self, path, call, town):
        answer = call("get", path)

        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["status"] == 401

    def test_only_a_hash_is_kept(self, program):
        secret = program()

        assert secret not in str(list(ApiToken.objects.values()))

    def test_an_expired_or_revoked_key_opens_nothing(self, program, call):
        old, closed = program(days=0), program("Väktarna")
        token = ApiToken.objects.get(digest=tokens.digest(closed))
        assert call("get", "/api/places", closed).status_code == 200
        tokens.revoke_token(token_id=token.pk, by=program.administrator, now=NOON)

        assert call("get", "/api/places", old).status_code == 401
        assert call("get", "/api/places", closed).status_code == 401

    def test_a_key_to_report_does_not_read(self, program, call):
        secret = program(scope=TokenScope.REPORT)

        assert call("post", "/api/reports", secret, event()).status_code == 201
        assert call("get", "/api/reports", secret).status_code == 403

    def test_too_many_calls_are_told_to_wait(self, program, call, monkeypatch):
        monkeypatch.setattr(tokens, "CALLS_A_MINUTE", 3)
        secret = program()
        answers = [call("get", "/api/places", secret) for _ in range(4)]

        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert 0 < int(answers[-1]["Retry-After"]) <= 61

    def test_too_many_calls_a_day_wait_for_tomorrow(self, program, call, monkeypatch):
        monkeypatch.setattr(tokens, "CALLS_A_DAY", 2)
        secret = program()
        answers = [call("get", "/api/places", secret) for _ in range(3)]

        assert [one.status_code for one in answers] == [200, 200, 429]
        assert int(answers[-1]["Retry-After"]) <= 24 * 3600 + 1
        ApiToken.objects.update(day=date(2020, 1, 1))
        assert call("get", "/api/places", secret).status_code == 200

    def test_a_program_cannot_sign_in(self, program, client):
        program()
        user = ApiToken.objects.get().user

        assert not user.has_usable_password()
        assert client.login(email=user.email, password="") is False


class TestReports:
    """What is sent is taken in once, guarded, and read back by its sender alone."""

    def test_the_same_key_reports_once_and_gets_the_same_answer(self, program, call):
        secret, key = program(), str(uuid.uuid4())
        first = call("post", "/api/reports", secret, event(key=key))
        again = call("post", "/api/reports", secret, event(key=key))
        header = call("post", "/api/reports", secret, event(), HTTP_IDEMPOTENCY_KEY=key)

        assert first.status_code == again.status_code == header.status_code == 201
        assert first.json() == again.json() == header.json()
        assert Incident.objects.count() == 1

    def test_a_person_in_the_text_is_refused_and_not_stored(self, program, call):
        answer = call("post", "/api/reports", program(), event(text=f"Han {PERSONNUMMER}"))

        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        assert PERSONNUMMER not in answer.content.decode()
        assert Incident.objects.count() == 0

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"category": "finns-inte"}, "category"),
            ({"day": "2026-13-40"}, "day"),
            ({"day": "2999-01-01"}, "day"),
            ({"when": "snart"}, "when"),
            ({"where": ""}, "place"),
            ({"place": 999_999}, "place"),
            ({"quantity": 0}, "quantity"),
            ({"latitude": 91}, "latitude"),
            ({"annat": "fält"}, "annat"),
        ],
    )
    def test_what_is_wrong_is_said_by_field(self, wrong, field, program, call):
        answer = call("post", "/api/reports", program(), event(**wrong))

        assert answer.status_code == 422
        assert field in answer.json()["errors"]

    def test_one_reads_ones_own_reports_and_nobody_elses(self, program, call):
        mine, other = program("Bostadsbolaget"), program("Väktarna")
        made = call("post", "/api/reports", mine, event()).json()

        assert [one["id"] for one in call("get", "/api/reports", mine).json()] == [made["id"]]
        assert call("get", f"/api/reports/{made['id']}", mine).json() == made
        assert call("get", "/api/reports", other).json() == []
        assert call("get", f"/api/reports/{made['id']}", other).status_code == 404

    def test_lists_are_of_the_municipality(self, program, call, other_town):
        secret = program()

        names = [one["name"] for one in call("get", "/api/areas", secret).json()]
        assert names
        assert "okategoriserad" not in str(call("get", "/api/categories", secret).json())


def test_the_document_and_its_page_need_no_sign_in(client, db):
    assert client.get("/api/openapi.json").json()["info"]["title"] == "Samlad"
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "/api/reports" in page.content.decode()
    assert "https://" not in page.content.decode()


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)


@pytest.fixture(autouse=True)
def _many_calls(monkeypatch):
    monkeypatch.setattr(tokens, "CALLS_A_MINUTE", 1_000_000)


@pytest.fixture
def secret(program):
    """A key, and connections that stay open between calls: the test is one transaction."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield program()
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_call_is_answered_with_a_fault(case, secret, town):
    """Fuzzed by its own document: no 500, no answer it does not document."""
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {secret}"}
    answer = case.call()

    case.validate_response(answer, checks=[schemathesis.checks.not_a_server_error])
    assert answer.status_code in {200, 201, 400, 403, 404, 405, 413, 415, 422}
    assert "Traceback" not in answer.text


def test_every_operation_is_documented_with_its_errors():
    for methods in api.get_openapi_schema()["paths"].values():
        for operation in methods.values():
            assert {401, 403, 404, 422, 429} <= set(operation["responses"])
