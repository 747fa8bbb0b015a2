"""Whatever the bytes, a reader gives rows, rejections or one sentence; never anything else."""

import gzip
import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samlad.intake import files
from samlad.intake.errors import UnusableFile
from samlad.intake.interpreting import Interpreter

PATIENT = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(path, content):
    """Read a file as the pages do: guess the columns, look at the first rows, understand all."""
    path.write_bytes(content)
    try:
        file = files.recognise(path)
        mapping = file.proposed_mapping()
        with file.rows() as raw:
            for row in Interpreter(mapping, file.header, name=file.name).rows(raw):
                assert row.number > 0
    except UnusableFile as refusal:
        str(refusal)


def good_workbook():
    book = openpyxl.Workbook()
    for row in [["Datum", "Typ", "Antal"], ["2026-11-14", "Klotter", 1], ["2026-11-15", "Hot", 2]]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


GOOD = {
    "csv": "tid;typ;lat;lon\n2026-11-14 22:30;Klotter å;56,08;12,95\n".encode(),
    "utf-16": "tid\ttyp\n2026-11-14\tKlotter\n".encode("utf-16"),
    "geojson": json.dumps(
        {"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [12.9, 56.1]},
             "properties": {"tidpunkt": "2026-11-14", "kategori": "Klotter"}}]}
    ).encode(),
    "events": b'{"id": 1, "datetime": "2026-02-12 7:20:00 +01:00", "name": "12 februari 07.10, Brand, Bjuv", "type": "Brand", "location": {"name": "x"}}\n',
    "xlsx": good_workbook(),
}  # fmt: skip
mutations = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=12)), max_size=6
)


def mutated(content, changes):
    for where, how, piece in changes:
        at = int(where * len(content))
        if how == 0:
            content = content[:at] + piece + content[at:]
        elif how == 1:
            content = content[:at] + piece + content[at + len(piece) :]
        elif how == 2:
            content = content[:at]
        else:
            content = content[:at] + content[at : at + 40] * 3 + content[at:]
    return content


@PATIENT
@given(content=st.binary(max_size=400))
def test_any_bytes(content, tmp_path):
    read(tmp_path / "a", content)


@pytest.mark.parametrize("kind", GOOD)
@PATIENT
@given(changes=mutations)
def test_a_good_file_with_faults(kind, changes, tmp_path):
    read(tmp_path / "a", mutated(GOOD[kind], changes))


@PATIENT
@given(changes=mutations)
def test_a_packed_file_with_faults(changes, tmp_path):
    read(tmp_path / "a.gz", mutated(gzip.compress(GOOD["csv"]), changes))


@PATIENT
@given(changes=mutations, part=st.integers(0, 6))
def test_a_workbook_with_faults_inside(changes, part, tmp_path):
    """The parts are changed before they are packed: the archive itself is whole."""
    with zipfile.ZipFile(io.BytesIO(GOOD["xlsx"])) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = sorted(parts)[part % len(parts)]
    parts[name] = mutated(parts[name], changes)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for one, held in parts.items():
            packed.writestr(one, held)
    read(tmp_path / "a.xlsx", content.getvalue())


cells = st.one_of(
    st.text(max_size=40), st.dates().map(str), st.integers().map(str), st.floats().map(str)
)


@PATIENT
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=8))
def test_any_cells_under_any_header(rows, tmp_path):
    text = "\n".join(";".join(c.replace('"', "'") for c in row) for row in rows)
    read(tmp_path / "a.csv", text.encode("utf-8", "replace"))


value = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@PATIENT
@given(features=st.lists(value, max_size=4), event=value)
def test_any_json_of_the_right_outside(features, event, tmp_path):
    document = {"type": "FeatureCollection", "features": features}
    read(tmp_path / "a.geojson", json.dumps(document).encode())
    read(tmp_path / "a.json", json.dumps([event]).encode())
    wrapped = [{"type": "Feature", "properties": {"a": one}, "geometry": one} for one in features]
    read(tmp_path / "b.geojson", json.dumps({**document, "features": wrapped}).encode())
