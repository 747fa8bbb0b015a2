"""Two hundred measures proposed, frozen and read on 240,000 incidents, through the database.

A fresh SQLite database, eight areas in a row, three and a half years of five categories, and
measures spread over the areas and categories. Prints the time of each step.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ["SAMLAD_DATA"] = tempfile.mkdtemp(prefix="samlad-assess-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")

import django
import numpy as np

django.setup()

from django.core.management import call_command

from samlad.accounts.models import User
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Role
from samlad.incidents import actions as incidents
from samlad.incidents.models import Category
from samlad.intake import files
from samlad.measures import actions, evaluation_actions
from samlad.measures.actions import Description
from samlad.measures.evaluating import Counted
from samlad.measures.vocabulary import Kind
from samlad.organisations.models import Municipality, Organisation, OrganisationKind
from samlad.places import actions as places
from samlad.places import area_files
from samlad.places.models import Area, AreaKind

ROWS, MEASURES, AREAS, WEEKS = 240_000, 200, 8, 182
FIRST = date(2023, 1, 2)
START = FIRST + timedelta(7 * 156)
KINDS = {"Skadegörelse": "skadegorelse", "Klotter": "klotter", "Nedskräpning": "nedskrapning"}


def at(day: date) -> datetime:
    """Return noon of a day."""
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def set_up(folder: Path) -> tuple[Municipality, User]:
    """Return a town of eight areas, and its coordinator."""
    call_command("migrate", verbosity=0)
    town = Municipality.objects.create(code="1260", name="Bjuvs kommun")
    authority = Organisation.objects.create(
        municipality=town, name="Kommunstyrelsen",
        kind=OrganisationKind.objects.get(code="kommunstyrelse"),
    )  # fmt: skip
    town.process_authority = authority
    town.save()
    by = User.objects.create_user(email="b@b.example", password=None, name="B")
    Membership.objects.create(
        user=by, organisation=authority, role=Role.COORDINATOR, starts_on=date(2020, 1, 1)
    )
    features = []
    for i in range(AREAS):
        west, east = 12.9 + 0.025 * i, 12.925 + 0.025 * i
        ring = [[west, 56.0], [east, 56.0], [east, 56.02], [west, 56.02], [west, 56.0]]
        properties = {"regsokod": f"1260R{i:03d}", "regsonamn": f"Område {i}"}
        features.append({"type": "Feature", "properties": properties,
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})  # fmt: skip
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    places.import_areas(
        municipality_id=town.pk, kind=AreaKind.REGSO, file=area_files.read(path),
        valid_from=date(2018, 1, 1), provenance="benchmark", by=None, now=at(FIRST),
    )  # fmt: skip
    return town, by


def take_in(town: Municipality, folder: Path) -> int:
    """Read the incidents into one source; return its key."""
    rng = np.random.default_rng(3)
    days = np.sort(rng.integers(0, 7 * WEEKS, ROWS))
    area, kind = rng.integers(0, AREAS, ROWS), rng.choice(list(KINDS), ROWS)
    path = folder / "incidents.csv"
    with path.open("w") as file:
        file.write("datum,kategori,område\n")
        for day, where, what in zip(days, area, kind, strict=True):
            file.write(f"{FIRST + timedelta(int(day))},{what},Område {where}\n")
    source = incidents.add_source(
        owner_id=town.process_authority_id or 0, code="s", name="Källan", kind="reports",
        by=None, now=at(FIRST),
    )  # fmt: skip
    read = files.recognise(path)
    now = at(FIRST + timedelta(7 * WEEKS))
    batch = incidents.open_batch(
        source_id=source.pk, file=read, mapping=read.proposed_mapping(), by=None, now=now
    )
    incidents.read_batch(batch_id=batch.pk, file=read, now=lambda: now)
    return source.pk


def main() -> None:
    """Print the time of each step."""
    folder = Path(os.environ["SAMLAD_DATA"])
    town, by = set_up(folder)
    began = time.perf_counter()
    source = take_in(town, folder)
    print(f"{ROWS} incidents read in: {time.perf_counter() - began:.0f} s", flush=True)
    areas = list(Area.objects.filter(municipality=town, kind=AreaKind.REGSO))
    codes = [Category.objects.get(code=code).pk for code in KINDS.values()]
    before, over = at(START - timedelta(10)), at(START + timedelta(7 * 26 + 1))
    made = [
        actions.decide_measure(
            organisation_id=town.process_authority_id or 0, what=f"Åtgärd {n}",
            due_on=START + timedelta(200), area=areas[n % AREAS],
            described=Description(kind=Kind.PREVENTING, starts_on=START), by=by, now=before,
        ).pk
        for n in range(MEASURES)
    ]  # fmt: skip
    began = time.perf_counter()
    for n, pk in enumerate(made[:10]):
        evaluation_actions.propose(
            measure_id=pk, source_id=source, category_id=codes[n % len(codes)], weeks=26, by=by,
            now=before,
        )  # fmt: skip
    print(f"one proposed: {(time.perf_counter() - began) / 10:.2f} s", flush=True)
    counted: Counted = {}
    for n, pk in enumerate(made[10:]):
        evaluation_actions.propose(
            measure_id=pk, source_id=source, category_id=codes[n % len(codes)], weeks=26, by=by,
            now=before, counted=counted,
        )  # fmt: skip
    evaluation_actions.freeze_started(at(START))
    began = time.perf_counter()
    evaluation_actions.assess(measure_id=made[0], by=by, now=over)
    print(f"one read alone: {time.perf_counter() - began:.2f} s", flush=True)
    began = time.perf_counter()
    found, refused = evaluation_actions.assess_many(measure_ids=made, by=by, now=over)
    seconds = time.perf_counter() - began
    print(f"{len(found)} read together: {seconds:.1f} s; {len(refused)} refused")


if __name__ == "__main__":
    main()
