"""A source of the authority in a town of two areas, and a way to take files into it."""

from __future__ import annotations

from datetime import date

import pytest

from samlad.incidents import actions
from samlad.intake import files
from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places.models import AreaKind
from tests.cast import NOON
from tests.places.test_areas import geojson

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def source(town, tmp_path):
    """A source of the authority, in a town of two areas."""
    place_actions.import_areas(
        municipality_id=town.pk,
        kind=AreaKind.REGSO,
        file=area_files.read(geojson(tmp_path / "areas.geojson")),
        valid_from=date(2018, 1, 1),
        provenance="test",
        by=None,
        now=NOON,
    )
    return actions.add_source(
        owner_id=town.process_authority_id,
        code="fel",
        name="Felanmälan",
        kind="reports",
        by=None,
        now=NOON,
    )


@pytest.fixture
def take_in(source, tmp_path):
    """Return a reader of CSV text, or of a file, into the source."""

    def run(text, *, by=None, into=source, accept_outside=False, mapping=None, **how):
        path = tmp_path / "rows.csv"
        if isinstance(text, str):
            path.write_text(text)
        file = files.recognise(path if isinstance(text, str) else text)
        batch = actions.open_batch(
            source_id=into.pk,
            file=file,
            mapping=mapping or file.proposed_mapping(),
            accept_outside=accept_outside,
            by=by,
            now=NOON,
        )
        return actions.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON, **how)

    return run


@pytest.fixture
def signed_in(client, person):
    """Return a maker of clients signed in as a role of an organisation."""

    def sign(role, organisation=None):
        user = person(role, organisation)
        client.force_login(user, BACKEND)
        client.person = user
        return client

    return sign
