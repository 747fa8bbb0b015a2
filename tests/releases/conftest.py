"""A promise with one count and one number of individuals, ready to be released."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.core.cache import cache

from samlad.activities import actions as activities
from samlad.activities.actions import Entry
from samlad.activities.models import ActivityKind
from samlad.authorization.permissions import Role
from samlad.promises import actions as promises
from samlad.promises.counting import Rule
from samlad.promises.workflow import Type
from samlad.public.serving import SHELF
from samlad.releases import actions
from tests.cast import NOON


@pytest.fixture(autouse=True)
def fresh_shelf():
    cache.clear()
    SHELF.forget()
    yield
    SHELF.forget()


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def releaser(person):
    return person(Role.RELEASER)


@pytest.fixture
def log(town, coordinator):
    """Return a logger of activities of the authority."""

    def make(kind, on, **values):
        return activities.log(
            organisation_id=town.process_authority_id, key=uuid4(),
            entry=Entry(kind=ActivityKind.objects.get(code=kind), on=on, **values),
            by=coordinator, now=NOON,
        )  # fmt: skip

    return make


@pytest.fixture
def promise(town, coordinator):
    """Four newsletters a year, and work begun with two individuals."""
    how = {"by": coordinator, "now": NOON}
    made = promises.save_promise(
        municipality_id=town.pk, name="Medborgarlöfte 2026", text="Vi lyssnar.", remark="",
        agreement=None, parties=[town.process_authority], signatories=["kommunalråd"],
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), signed_on=None, **how,
    )  # fmt: skip
    promises.commit(
        promise_id=made.pk, text="Nyhetsbrev 4 gånger per år",
        rule=Rule(Type.PER_YEAR, target=4, kinds=("nyhetsbrev",)), responsible=None, **how,
    )  # fmt: skip
    two = promises.commit(
        promise_id=made.pk, text="Påbörja arbetet på två individer",
        rule=Rule(Type.INDIVIDUALS, target=2), responsible=None, **how,
    )  # fmt: skip
    promises.count_individuals(promise_id=made.pk, commitment_id=two.commitment_id, number=2, **how)
    actions.name_publisher(
        municipality_id=town.pk, slug="bjuv", editor="Samordningsfunktionen", mailbox="trygg@bjuv.example",
        phone="", **how,
    )  # fmt: skip
    return made
