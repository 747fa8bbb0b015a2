"""The picture page with 240,000 incidents: queries and server time, and the worker's compile.

Run on SQLite as it is, and on PostgreSQL with

    tools/with-postgresql .venv/bin/python benchmarks/picture_page.py
"""

from __future__ import annotations

import csv
import os
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROWS = 240_000
WEEKS = 286
REPEATS = 20
CATEGORIES = ("Skadegörelse", "Klotter", "Nedskräpning", "Störande samling", "Buskörning", "Stöld")


def main() -> None:  # noqa: PLR0915 - a script, from top to bottom
    """Load the demonstration and one large source, compile, open the page."""
    os.environ.setdefault("SAMLAD_DATA", tempfile.mkdtemp(prefix="samlad-bench-"))
    os.environ["SAMLAD_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")
    import django

    django.setup()
    import numpy as np
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from samlad.accounts.models import User
    from samlad.demo import loading
    from samlad.incidents import actions
    from samlad.incidents.models import Incident
    from samlad.intake import files
    from samlad.organisations.models import Organisation
    from samlad.picture import tasks
    from samlad.picture.models import Picture

    call_command("migrate", verbosity=0)
    loading.load(say=lambda _: None)
    owner = Organisation.objects.get(name=loading.AUTHORITY)
    source = actions.add_source(
        owner_id=owner.pk,
        code="stor",
        name="En stor källa",
        kind="reports",
        by=None,
        now=timezone.now(),
    )
    rng = np.random.default_rng(1)
    path = Path(os.environ["SAMLAD_DATA"]) / "stor.csv"
    today = timezone.localdate()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "tidpunkt", "kategori", "lat", "lon"])
        for number in range(ROWS):
            day = today - timedelta(int(rng.integers(7 * WEEKS)))
            moment = f"{day} {rng.integers(24):02}:{rng.integers(60):02}"
            writer.writerow(
                [
                    number,
                    moment,
                    CATEGORIES[rng.integers(6)],
                    f"{rng.uniform(55.99, 56.12):.5f}",
                    f"{rng.uniform(12.88, 13.05):.5f}",
                ]
            )
    began = time.perf_counter()
    file_ = files.recognise(path)
    batch = actions.open_batch(
        source_id=source.pk,
        file=file_,
        mapping=file_.proposed_mapping(),
        by=None,
        now=timezone.now(),
    )
    actions.read_batch(batch_id=batch.pk, file=file_, now=timezone.now)
    imported = time.perf_counter() - began
    print(f"{connection.vendor}: {Incident.objects.count():,} incidents")
    print(f"  import of {ROWS:,} rows: {imported:.1f} s, {ROWS / imported:,.0f} rows/s")

    picture = Picture.objects.get(number=None)
    user = User.objects.get(email="samordnare@bjuv.example")
    began = time.perf_counter()
    tasks.compile_draft.call(picture.pk, user.pk)
    print(f"  compiling in the worker: {time.perf_counter() - began:.1f} s")

    client = Client(SERVER_NAME="localhost")
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    large = f"source={source.pk}"
    box = "&west=12.8&south=55.95&east=13.1&north=56.15"
    for name, address in (
        ("page", f"/lagesbild/{picture.pk}/"),
        ("start", "/start/"),
        ("incidents", f"/handelser/?{large}"),
        ("incidents, page 2,000", f"/handelser/?{large}&sida=2000"),
        (
            "incidents of a category at night",
            f"/handelser/?{large}&category=klotter&hour_from=22&hour_to=6",
        ),
        ("map, whole", f"/handelser/karta.json?{large}{box}&zoom=10"),
        (
            "map, near",
            f"/handelser/karta.json?{large}&west=12.94&south=56.05&east=12.96&north=56.07&zoom=15",
        ),
    ):
        if client.get(address).status_code != 200:
            raise SystemExit(f"{address} does not answer")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
            number = len(queries)
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            client.get(address)
            times.append(time.perf_counter() - began)
        print(
            f"  {name}: {number} queries, median {statistics.median(times) * 1000:.0f} ms, "
            f"slowest of {REPEATS} {max(times) * 1000:.0f} ms"
        )
    for form in ("csv", "geojson", "xlsx"):
        began = time.perf_counter()
        content = b"".join(client.get(f"/handelser/export/{form}/?{large}"))
        took = time.perf_counter() - began
        print(f"  export as {form}: {took:.1f} s, {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
