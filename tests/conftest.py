"""The ground every test stands on: a data folder of its own, a cast, a town."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.cast import make_town

os.environ.setdefault("SAMLAD_DATA", tempfile.mkdtemp(prefix="samlad-test-"))
os.environ["SAMLAD_DEMO"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")


def pytest_configure(config: pytest.Config) -> None:
    """Give SQLite a file: threads on the shared in-memory database fail."""
    from django.conf import settings

    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        folder = Path(os.environ["SAMLAD_DATA"])
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database: it runs on PostgreSQL too."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & fixtures:
            item.add_marker(pytest.mark.database)


@pytest.fixture(autouse=True, scope="session")
def _flush_may_empty_the_audit() -> Iterator[None]:
    """Lift the audit's triggers around the flush after a transactional test, and only there."""
    from django.core.management.commands import flush
    from django.db import connection

    original = flush.Command.handle

    def handle(self: flush.Command, **options: object) -> object:
        from samlad.audit import protection
        from samlad.audit.chain import FIRST_LINK
        from samlad.audit.models import AuditHead

        protection.lift(connection)
        try:
            result = original(self, **options)
        finally:
            protection.put_back(connection)
        AuditHead.objects.create(sequence=0, hash=FIRST_LINK)
        _fill()
        return result

    flush.Command.handle = handle  # type: ignore[method-assign]
    yield
    flush.Command.handle = original  # type: ignore[method-assign]


def _fill() -> None:
    """Put back the lists an installation starts with, which a flush empties."""
    from importlib import import_module

    from django.apps import apps

    for name in ("organisations.migrations.0002_kinds", "incidents.migrations.0002_categories"):
        import_module(f"samlad.{name}").fill(apps, None)


@pytest.fixture
def town(db: None):  # type: ignore[no-untyped-def]
    """A municipality whose executive board runs the process."""
    return make_town("1260", "Bjuvs kommun")


@pytest.fixture
def other_town(db: None):  # type: ignore[no-untyped-def]
    """The neighbour: nothing of ours is theirs."""
    return make_town("1278", "Båstads kommun")


@pytest.fixture
def person(town) -> Callable:  # type: ignore[no-untyped-def]
    """Return a maker of people: person(role) in the authority, or in an organisation."""
    from samlad.accounts.models import User
    from samlad.authorization.models import Membership

    made: list[User] = []

    def make(role=None, organisation=None, **fields):  # type: ignore[no-untyped-def]
        number = len(made)
        user = User.objects.create_user(
            email=f"p{number}@example.test",
            password="lång-nog-lösenfras",
            name=f"P{number}",
            **fields,
        )
        made.append(user)
        if role is not None:
            Membership.objects.create(
                user=user,
                organisation=organisation or town.process_authority,
                role=role,
                starts_on=date(2020, 1, 1),
            )
        return user

    return make


@pytest.fixture
def data_folder(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    """Give a test its own SAMLAD_DATA."""
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data=tmp_path)
    return tmp_path
