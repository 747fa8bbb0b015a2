"""The `samlad` command, run as people run it: status 0, or 2 with one sentence."""

import gzip
import json
import os
import socket
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from samlad.picture import document
from tests.places.test_areas import geojson


@pytest.fixture
def samlad(tmp_path):
    """Return a runner of the command in a folder of its own."""

    def run(*arguments, **environ):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAMLAD", "DATABASE"))}
        return subprocess.run(
            [Path(sys.executable).with_name("samlad"), *map(str, arguments)],
            env={**kept, "SAMLAD_DATA": str(tmp_path / "data"), **environ},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def events(tmp_path):
    """Three years of points in two areas, with a planted last week."""
    path = tmp_path / "events.csv"
    lines = ["occurred_at,category,lat,lon"]
    for back in range(150):
        day = date(2026, 11, 18) - timedelta(7 * back)
        for n in range(3 + 20 * (back == 0)):
            lines.append(f"{day}T2{n % 4}:00,Theft,56.0{n % 9 + 1},13.0{n % 9 + 1}")
    lines.append("nonsense,Theft,56,13")
    lines.append("2026-11-22T10:00,Theft,56.05,13.05")
    path.write_text("\n".join(lines) + "\n")
    return path


class TestCompile:
    """The statistical half on any file, without a database."""

    def test_writes_three_files_and_says_what_it_read(self, samlad, events, tmp_path):
        done = samlad("compile", events, "--out", tmp_path / "out")

        assert done.returncode == 0
        picture = json.loads((tmp_path / "out/picture.json").read_text())
        (file,) = picture["inputs"]
        assert file["rows"] == file["accepted"] + file["rejected"] + file["already_known"]
        assert file["rejected"] == 1
        assert picture["schema"] == "samlad/picture/1"
        assert picture["hash"] == document.hash_of(picture)
        assert picture["period"] == {
            "cadence": "week", "starts_on": "2026-11-16", "ends_before": "2026-11-23",
        }  # fmt: skip
        assert picture["findings"]
        assert "rutor" in picture["areas_note"]
        assert (tmp_path / "out/lagesbild.pdf").read_bytes().startswith(b"%PDF")
        areas = json.loads((tmp_path / "out/map.geojson").read_text())
        assert areas["features"][0]["properties"].keys() >= {"code", "name", "certainty"}
        assert not (tmp_path / "data").exists()

    def test_the_same_twice_gives_the_same_bytes(self, samlad, events, tmp_path):
        for name in ("one", "two"):
            samlad("compile", events, "--out", tmp_path / name, "--seed", "7")

        for file in ("picture.json", "lagesbild.pdf", "map.geojson"):
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()

    def test_takes_areas_a_mapping_a_last_day_and_a_history(self, samlad, events, tmp_path):
        mapping = tmp_path / "m.json"
        mapping.write_text(
            json.dumps(
                {
                    "timezone": "Europe/Stockholm",
                    "crs": "EPSG:4326",
                    "columns": {
                        "time": "occurred_at",
                        "category": "category",
                        "lat": "lat",
                        "lon": "lon",
                    },
                }
            )
        )
        done = samlad(
            "compile", events, "--areas", geojson(tmp_path / "a.geojson"), "--mapping", mapping,
            "--area-code", "regsokod", "--area-name", "regsonamn", "--until", "2026-11-10",
            "--weeks", "60", "--out", tmp_path / "out",
        )  # fmt: skip

        assert done.returncode == 0, done.stderr
        picture = json.loads((tmp_path / "out/picture.json").read_text())
        assert picture["period"]["ends_before"] == "2026-11-09"
        assert picture["coverage"][0]["history_weeks"] == 59
        assert {row["area"] for row in picture["table"]} <= {
            "0000",
            "1260R001",
            "1260R002",
            "1278R001",
        }

    def test_a_file_with_months_gives_a_monthly_picture(self, samlad, tmp_path):
        path = tmp_path / "street.csv.gz"
        rows = "".join(
            f"{y}-{m:02},Burglary,56.05,13.05\n" * 4
            for y in (2023, 2024, 2025)
            for m in range(1, 13)
        )
        path.write_bytes(gzip.compress(f"Month,Crime type,Latitude,Longitude\n{rows}".encode()))
        done = samlad("compile", path, "--out", tmp_path / "out")

        assert done.returncode == 0
        picture = json.loads((tmp_path / "out/picture.json").read_text())
        assert picture["period"] == {
            "cadence": "month", "starts_on": "2025-12-01", "ends_before": "2026-01-01",
        }  # fmt: skip

    def test_later_rows_and_stray_dates_change_nothing(self, samlad, events, tmp_path):
        early = tmp_path / "early.csv"
        lines = events.read_text().splitlines()
        early.write_text("\n".join(lines[:1] + [r for r in lines[1:] if r < "2026-10-12"]) + "\n")
        stray = tmp_path / "stray.csv"
        stray.write_text(events.read_text() + "2062-05-03T10:00,Theft,56.05,13.05\n")
        samlad("compile", events, "--until", "2026-10-11", "--out", tmp_path / "a")
        samlad("compile", early, "--until", "2026-10-11", "--out", tmp_path / "b")
        samlad("compile", stray, "--out", tmp_path / "c")
        a, b, c = (json.loads((tmp_path / n / "picture.json").read_text()) for n in "abc")

        assert a["table"] == [{**row} for row in b["table"]]
        assert a["areas_note"] == b["areas_note"]
        assert c["period"]["ends_before"] == "2026-11-23"
        assert c["inputs"][0]["after_period"] == 1

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["none.csv", "--out", "o"], "cannot be read"),
            (["events.csv", "--out", "o", "--areas", "none.json"], "cannot be read"),
            (["events.csv", "--out", "o", "--mapping", "none.json"], "cannot be read"),
            (["events.csv", "--out", "o", "--mapping", "events.csv"], "not JSON"),
            (["events.csv", "--out", "o", "--until", "igår"], "not a date"),
            (["events.csv", "--out", "o", "--weeks", "0"], "weeks"),
            (["events.csv", "--out", "o", "--seed", "-1"], "whole number"),
            (["events.csv", "--out", "events.csv"], "not a folder"),
            (["empty.csv", "--out", "o"], "empty"),
            (["words.csv", "--out", "o"], "time"),
            (["events.csv"], "--out"),
        ],
    )
    def test_unusable_input_is_one_sentence_and_status_2(
        self, samlad, events, tmp_path, arguments, said
    ):
        (tmp_path / "empty.csv").write_text("")
        (tmp_path / "words.csv").write_text("namn,färg\na,b\n")
        done = samlad("compile", *arguments)

        assert done.returncode == 2
        message = [
            line for line in done.stderr.splitlines() if not line.startswith(("Reading", " "))
        ]
        assert len(message) == 1
        assert said in message[0]
        assert "Traceback" not in done.stderr


class TestDatabase:
    """The commands that need one."""

    def test_a_bad_environment_is_said_at_start(self, samlad):
        for command in (["serve"], ["demo"], ["tick"], ["audit", "verify"]):
            done = samlad(*command, PORT="x")
            assert (done.returncode, done.stderr.count("\n")) == (2, 1)
            assert "PORT" in done.stderr

    def test_a_database_that_does_not_answer_is_said_at_start(self, samlad):
        done = samlad("serve", DATABASE_URL="postgresql://nobody@127.0.0.1:9/x")

        assert done.returncode == 2
        assert done.stderr.startswith("samlad: DATABASE_URL")
        assert "Traceback" not in done.stderr

    def test_a_taken_port_is_said_at_start(self, samlad):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = samlad("serve", PORT=str(taken.getsockname()[1]))

        assert done.returncode == 2
        assert done.stderr.startswith("samlad: PORT")

    def test_help_is_worth_reading(self, samlad):
        assert "picture.json" in samlad("compile", "--help").stdout


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The demonstration, loaded once by the command."""
    folder = tmp_path_factory.mktemp("demo")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SAMLAD", "DATABASE"))}
    environ["SAMLAD_DATA"] = str(folder)

    def run(*arguments):
        return subprocess.run(
            [Path(sys.executable).with_name("samlad"), *map(str, arguments)],
            env=environ, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    assert run("demo").returncode == 0
    return run


class TestDemonstration:
    """Bjuv, loaded by one command."""

    def test_prints_one_sign_in_a_line_and_loads_once(self, loaded):
        done = loaded("demo")

        lines = done.stdout.splitlines()
        assert len(lines) == 15  # eleven roles in Bjuv, two in each of the two that promise
        assert lines[0] == "coordinator  samordnare@bjuv.example  samlad-demo-2026"
        assert "inventing" not in done.stderr

    def test_the_audit_chain_holds(self, loaded):
        done = loaded("audit", "verify")

        assert done.returncode == 0
        assert "all hold" in done.stdout

    def test_a_file_is_imported_by_command(self, loaded, tmp_path):
        path = tmp_path / "fel.csv"
        path.write_text(
            "Ärendenummer;Tidpunkt;Kategori\nx1;2026-11-02 10:00;Klotter\nx2;fel;Klotter\n"
        )
        done = loaded("import", path, "--municipality", "1260", "--source", "felanmalan")

        assert done.returncode == 0
        assert done.stdout.startswith("2 rows = 1 accepted + 1 rejected + 0 already known")
        assert loaded("import", path, "--municipality", "1260", "--source", "x").returncode == 2

    def test_tick_does_what_has_fallen_due(self, loaded):
        assert loaded("tick").returncode == 0
