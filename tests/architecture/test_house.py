"""What holds the house up: keys point down, texts are whole, every page asks who you are."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from samlad.authorization.permissions import Role
from samlad.config import messages
from samlad.incidents import workflow as batch_workflow
from samlad.measures import workflow as measure_workflow
from samlad.picture import workflow as picture_workflow
from samlad.rounds import workflow as round_workflow
from samlad.ui.middleware import OPEN_VIEWS

ROOT = Path(__file__).parents[2]
LAYERS = [
    "setup", "start", "law", "releases", "rounds", "promises", "councils", "measures", "picture", "centres", "incidents", "indicators", "activities", "calendar", "places",
    "administration", "authorization", "organisations", "accounts", "public", "audit",
]  # fmt: skip


def test_foreign_keys_only_point_down():
    """A room's tables know the rooms below it, never those above."""
    for model in apps.get_models():
        room = model._meta.app_label
        if not model.__module__.startswith("samlad."):
            continue
        for field in model._meta.get_fields():
            other = getattr(field, "related_model", None)
            if field.concrete and other and other.__module__.startswith("samlad."):
                below = LAYERS.index(other._meta.app_label) >= LAYERS.index(room)
                assert below, f"{model.__name__}.{field.name} points up"


def test_the_audit_has_no_foreign_keys():
    for model in apps.get_app_config("audit").get_models():
        assert not [f for f in model._meta.get_fields() if f.is_relation]


def test_no_text_is_missing_in_swedish():
    assert messages.check() == []


@pytest.mark.parametrize(
    "workflow", [picture_workflow, batch_workflow, measure_workflow, round_workflow]
)
def test_every_status_says_what_may_follow(workflow):
    status = next(iter(workflow.NEXT)).__class__

    assert workflow.NEXT.keys() == set(status)


def _views(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.name


def _addresses():
    for path, name in _views(get_resolver().url_patterns):
        address = "/" + re.sub(r"<int:\w+>", "1", path)
        if "<" not in address and "(" not in address and "^" not in address:
            yield address, name


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "name"), list(_addresses()))
def test_every_page_asks_who_you_are(address, name, client):
    """Generated from the URL configuration: a new page is closed until it is opened."""
    for method in (client.get, client.post):
        response = method(address)
        if address == "/api/openapi.json":
            assert response.status_code in {200, 405}
        elif address.startswith("/api/") and name not in OPEN_VIEWS:
            assert response.status_code in {401, 404, 405}, "a program shows a token"
        elif name in OPEN_VIEWS or name.startswith("account_"):
            assert response.status_code < 500
        else:
            assert response.status_code == 302
            assert response.url.startswith("/konto/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_no_page_fails_whatever_the_role(role, person, client):
    """Every address answers every role, with a page or a refusal, never with an error."""
    client.force_login(person(role), "allauth.account.auth_backends.AuthenticationBackend")
    for address, _ in _addresses():
        refused = {401} if address.startswith("/api/") else {410}
        assert client.get(address).status_code in {200, 302, 403, 404, 405} | refused, address


def test_the_house_keeps_its_words():
    names = re.compile(r"/(utils?|helpers?|common|services?|managers?|signals|misc)(\.py|/)")
    for path in (ROOT / "src").rglob("*.py"):
        assert not names.search(path.as_posix()), path
        if "migrations" not in path.parts:
            assert len(path.read_text().splitlines()) <= 500, path


def test_no_lock_names_an_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text(), path


def test_vendored_files_are_what_they_say():
    import hashlib

    vendor = ROOT / "src/samlad/ui/static/vendor"
    rows = re.findall(
        r"\| (\S+/\S+) \| \d+ \| ([0-9a-f]{64}) \|", (vendor / "VENDOR.md").read_text()
    )

    assert len(rows) > 10
    for name, expected in rows:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == expected, name
