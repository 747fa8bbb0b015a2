"""Real files and a million rows through `samlad import`: rows, time, rows per second, peak memory.

Each file into a source of its own in a fresh database; then the same file again, which must add
nothing. `DATABASE_URL` chooses the database (tools/with-postgresql gives one), else SQLite.

    python benchmarks/import_files.py [--data ../shared/data/incidents] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMLAD = Path(sys.executable).with_name("samlad")
SET_UP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from samlad.incidents import actions
from samlad.organisations.models import Municipality, Organisation, OrganisationKind
code, crs, kind = {code!r}, {crs!r}, {kind!r}
town, made = Municipality.objects.get_or_create(code=code, defaults={{"name": "Bjuvs kommun" if code == "1260" else code, "metric_crs": crs}})
if made:
    town.process_authority = Organisation.objects.create(
        municipality=town, name="Kommunstyrelsen", kind=OrganisationKind.objects.get(code="kommunstyrelse"))
    town.save()
actions.add_source(owner_id=town.process_authority_id, code="s", name="Källan", kind=kind, by=None, now=timezone.now())
"""
CASES = {
    "toronto": ("9001", "EPSG:32617", "reports", "America/Toronto"),
    "chicago": ("9002", "EPSG:32616", "reports", "America/Chicago"),
    "2018-07-west-yorkshire": ("9003", "EPSG:32630", "reports", "Europe/London"),
    "polisen": ("1260", "EPSG:3006", "notices", None),
    "million": ("9004", "EPSG:3006", "reports", None),
}


def main() -> None:
    """Print one line a file, twice."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("../shared/data/incidents"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ,
            "SAMLAD_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "samlad.config.settings",
        }
        made = Path(folder) / "million.csv"
        files = [*sorted(chosen.data.glob("*.gz")), made]
        for path in files:
            key = next(key for key in CASES if path.name.startswith(key))
            if chosen.only not in key:
                continue
            if path == made:
                write_rows(made, chosen.rows)
            code, crs, kind, zone = CASES[key]
            set_up = SET_UP.format(code=code, crs=crs, kind=kind)
            subprocess.run([sys.executable, "-c", set_up], env=environ, check=True)
            for again in (False, True):
                run(path, code, zone, environ, again)


def write_rows(path: Path, number: int) -> None:
    """Write rows such as a fault system's, one in a hundred with a name, one in ten thousand with a number."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Ärende-ID;Skapad;Ärendetyp;Plats;Latitud;Longitud;Beskrivning\n")
        kinds = ("Klotter", "Nedskräpning", "Gatubelysning", "Skadegörelse", "Övrigt fel")
        for n in range(number):
            text = f"Anmält fel nummer {n} vid stolpe {n % 977}"
            if n % 100 == 0:
                text = "Kevin Andersson anmälde"
            if n % 10_000 == 0:
                text = "Ring 070-174 06 05"
            file.write(
                f"F-{n};{2015 + n % 11}-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02};"
                f"{kinds[n % 5]};;{56 + n % 1000 / 10_000:.5f};{12.9 + n // 1000 / 10_000:.5f};{text}\n"
            )


def run(path: Path, code: str, zone: str | None, environ: dict[str, str], again: bool) -> None:
    """Import one file and print what came of it."""
    extra = []
    if zone:
        mapping = Path(environ["SAMLAD_DATA"]) / "mapping.json"
        program = (
            "import json,sys; from pathlib import Path; from samlad.intake import files\n"
            "m = files.recognise(Path(sys.argv[1])).proposed_mapping().as_json(); m['timezone'] = sys.argv[2]\n"
            "print(json.dumps(m))"
        )
        found = subprocess.run(
            [sys.executable, "-c", program, path, zone],
            env=environ,
            check=True,
            capture_output=True,
        )
        mapping.write_bytes(found.stdout)
        extra = ["--mapping", str(mapping)]
    began = time.monotonic()
    command = ["/usr/bin/time", "-f", "%M", str(SAMLAD), "import", str(path), "--municipality", code,
               "--source", "s", "--accept-outside", *extra]  # fmt: skip
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    took = time.monotonic() - began
    if done.returncode:
        print(path.name, "FAILED", done.stderr[-300:])
        return
    rows = int(re.match(r"(\d+) rows", done.stdout)[1])
    peak = int(done.stderr.split()[-1]) // 1024
    line = " | ".join(done.stdout.splitlines())
    print(
        f"{path.name}{' (again)' if again else ''}: {took:.1f} s, {rows / took:,.0f} rows/s, peak {peak} MB | {line}",
        flush=True,
    )


if __name__ == "__main__":
    main()
