"""A town of eight areas with three years of incidents, and a problem in one of them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from samlad.authorization.permissions import Role
from samlad.incidents import actions as incident_actions
from samlad.intake import files
from samlad.measures import problem_actions
from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places.models import Area, AreaKind
from tests.cast import NOON

FIRST = date(2023, 11, 27)  # a Monday
START = date(2026, 5, 4)  # a Monday: the measure
WEEKS_AFTER = 26
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.fixture
def areas(town, tmp_path):
    """Eight areas in a row, each one kilometre and a half wide."""
    features = []
    for i in range(8):
        west, east = 12.90 + 0.025 * i, 12.90 + 0.025 * (i + 1)
        ring = [[west, 56.0], [east, 56.0], [east, 56.02], [west, 56.02], [west, 56.0]]
        features.append(
            {
                "type": "Feature",
                "properties": {"regsokod": f"1260R{i:03d}", "regsonamn": f"Område {i}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    place_actions.import_areas(
        municipality_id=town.pk,
        kind=AreaKind.REGSO,
        file=area_files.read(path),
        valid_from=date(2018, 1, 1),
        provenance="test",
        by=None,
        now=NOON,
    )
    return list(Area.objects.filter(municipality=town, kind=AreaKind.REGSO).order_by("code"))


@pytest.fixture
def incidents(town, areas, tmp_path):
    """Five acts of vandalism a week in each area; in the fourth one, after the start, one."""
    source = incident_actions.add_source(
        owner_id=town.process_authority_id, code="fel", name="Felanmälan", kind="reports",
        by=None, now=NOON,
    )  # fmt: skip
    rng = np.random.default_rng(4)
    lines = ["datum,kategori,område"]
    monday = FIRST
    while monday < START + timedelta(7 * WEEKS_AFTER):
        for i, area in enumerate(areas):
            mean = 1 if i == 3 and monday >= START else 5
            for _ in range(rng.poisson(mean)):
                day = monday + timedelta(int(rng.integers(7)))
                lines.append(f"{day},Skadegörelse,{area.name}")
        monday += timedelta(7)
    path = tmp_path / "incidents.csv"
    path.write_text("\n".join(lines))
    file = files.recognise(path)
    batch = incident_actions.open_batch(
        source_id=source.pk, file=file, mapping=file.proposed_mapping(), accept_outside=False,
        by=None, now=NOON,
    )  # fmt: skip
    incident_actions.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON)
    return source


@pytest.fixture
def coordinator(person):
    """The coordinator."""
    return person(Role.COORDINATOR)


@pytest.fixture
def problem(town, areas, coordinator):
    """Vandalism in the fourth area."""
    from samlad.incidents.models import Category

    return problem_actions.state_problem(
        organisation_id=town.process_authority_id,
        name="Skadegörelse vid skolan",
        description="",
        category=Category.objects.get(code="skadegorelse"),
        areas=[areas[3]],
        by=coordinator,
        now=NOON,
    )


def at(day: date) -> datetime:
    """Return noon of a day in Sweden."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=STOCKHOLM)
