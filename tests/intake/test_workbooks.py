"""Excel and GeoJSON: read like any other file; hostile ones give one sentence."""

import io
import json
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from samlad.intake import files, json_items, sheets, xlsx_file
from samlad.intake.errors import FileFault, UnusableFile
from samlad.intake.interpreting import Interpreter
from samlad.intake.rows import Precision

HEAD = ["Datum", "Klockslag", "Typ", "Antal", "Latitud", "Longitud", "Beskrivning"]
ROW = [date(2026, 11, 14), time(22, 30), "Klotter", "12 st", 56.08, 12.95, "Bakom skolan"]


def workbook(path, rows, **sheet_names):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def repacked(path, parts=None, dropped=()):
    """Rewrite a workbook with some parts changed or added."""
    with zipfile.ZipFile(path) as packed:
        held = {n: packed.read(n) for n in packed.namelist() if n not in dropped}
    held |= parts or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in held.items():
            packed.writestr(name, content)
    return path


def read(path):
    file = files.recognise(path)
    with file.rows() as raw:
        return file, list(Interpreter(file.proposed_mapping(), file.header, name="x").rows(raw))


def fault_of(path):
    with pytest.raises(UnusableFile) as refusal:
        read(path)
    assert len(str(refusal.value).split(". ")) <= 2
    return refusal.value.reason


class TestWorkbook:
    """A list in Excel, with a title above it and a clock column of its own."""

    def test_is_understood_by_a_proposed_mapping(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", [["Händelser i vår"], [], HEAD, ROW])

        file, (row,) = read(path)

        assert file.reader == xlsx_file.VERSION
        assert (row.number, row.starts, row.precision) == (
            4, datetime(2026, 11, 14, 22, 30), Precision.MINUTE,
        )  # fmt: skip
        assert (row.category, row.quantity, row.y, row.x) == ("Klotter", 12, 56.08, 12.95)
        assert row.text == "Bakom skolan"

    def test_its_name_does_not_matter_its_content_does(self, tmp_path):
        path = workbook(tmp_path / "a.csv", [HEAD, ROW])
        (tmp_path / "b.xlsx").write_text("datum;typ\n2026-11-14;Klotter\n")

        assert len(read(path)[1]) == 1
        assert len(read(tmp_path / "b.xlsx")[1]) == 1

    def test_a_larger_one_is_streamed_and_gives_the_same_rows(self, tmp_path, monkeypatch):
        path = workbook(tmp_path / "a.xlsx", [["Titel"], HEAD, ROW, [None] * 7, ROW])
        at_once = read(path)[1]
        monkeypatch.setattr(xlsx_file, "READ_AT_ONCE", 1)

        assert read(path)[1] == at_once
        assert [row.number for row in at_once] == [3, 5]

    def test_the_first_visible_sheet_with_rows_is_read(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.sheet_state = "hidden"
        book.active.append(["Dold", "Typ"])
        book.create_sheet("Tom")
        third = book.create_sheet("Lista")
        third.append(HEAD)
        third.append(ROW)
        book.save(tmp_path / "a.xlsx")

        assert read(tmp_path / "a.xlsx")[0].header[0] == "Datum"


class TestHostile:
    """One clear sentence, and nothing else."""

    def test_formulas(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", [["Datum", "Typ"], ["=TODAY()", "Klotter"]])

        with pytest.raises(UnusableFile) as refusal:
            files.recognise(path)

        assert refusal.value.reason == FileFault.FORMULAS
        assert "A2" in str(refusal.value)

    def test_links_to_other_workbooks(self, tmp_path):
        path = repacked(
            workbook(tmp_path / "a.xlsx", [HEAD, ROW]),
            {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
        )

        assert fault_of(path) == FileFault.EXTERNAL_LINKS

    @pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"])
    def test_entities(self, tmp_path, part):
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
        path = repacked(workbook(tmp_path / "a.xlsx", [HEAD, ROW]), {part: bomb})

        assert fault_of(path) == FileFault.ENTITIES

    def test_entities_hidden_in_another_encoding(self, tmp_path):
        bomb = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><sst/>'.encode("utf-16")
        path = repacked(workbook(tmp_path / "a.xlsx", [HEAD, ROW]), {"xl/sharedStrings.xml": bomb})

        assert fault_of(path) == FileFault.ENTITIES

    @pytest.mark.parametrize(
        "cell",
        [
            '<row r="2"><c r="XFD2"><v>1</v></c></row>',
            "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
            '<row><c r="&#88;FD1048576"><v>1</v></c></row>',
        ],
    )
    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_a_cell_far_to_the_right(self, tmp_path, cell, elsewhere):
        path = workbook(tmp_path / "a.xlsx", [HEAD, ROW])
        with zipfile.ZipFile(path) as packed:
            sheet = packed.read("xl/worksheets/sheet1.xml").decode()
            links = packed.read("xl/_rels/workbook.xml.rels").decode()
        sheet = sheet.replace("</sheetData>", f"{cell}</sheetData>")
        if elsewhere:
            links = links.replace("/xl/worksheets/sheet1.xml", "/xl/sheets/s.xml")
            parts = {"xl/sheets/s.xml": sheet, "xl/_rels/workbook.xml.rels": links}
            repacked(path, parts, dropped=["xl/worksheets/sheet1.xml"])
        else:
            repacked(path, {"xl/worksheets/sheet1.xml": sheet})

        assert fault_of(path) == FileFault.MANY_COLUMNS

    def test_a_cell_far_down_and_to_the_right_is_streamed(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(HEAD)
        book.active.append(ROW)
        book.active["ALL100000"] = "x"
        book.save(tmp_path / "a.xlsx")

        assert len(read(tmp_path / "a.xlsx")[1]) == 2  # a row that has more is rejected

    def test_a_cell_longer_than_a_cell_can_be(self, tmp_path):
        text = "<sst><si><t>" + "x" * 900_000 + "</t></si></sst>"
        path = repacked(
            workbook(tmp_path / "a.xlsx", [HEAD, ROW]), {"xl/sharedStrings.xml": text + " "}
        )
        content = text.replace("</sst>", "<si><t>y</t></si></sst>")
        repacked(path, {"xl/sharedStrings.xml": content})

        assert fault_of(path) == FileFault.LONG_LINE

    def test_a_zip_bomb_is_not_unpacked(self, tmp_path, monkeypatch):
        monkeypatch.setattr(xlsx_file, "LARGEST_UNPACKED", 5 << 20)
        bomb = b"<sst>" + b" " * (20 << 20)
        path = repacked(workbook(tmp_path / "a.xlsx", [HEAD, ROW]), {"xl/sharedStrings.xml": bomb})

        assert path.stat().st_size < 100_000
        assert fault_of(path) == FileFault.TOO_LARGE

    def test_a_zip_bomb_that_lies_about_its_size(self, tmp_path, monkeypatch):
        monkeypatch.setattr(xlsx_file, "LARGEST_UNPACKED", 5 << 20)
        path = repacked(
            workbook(tmp_path / "a.xlsx", [HEAD, ROW]),
            {"xl/media/image1.bin": b" " * (20 << 20)},
        )
        content = bytearray(path.read_bytes())
        size = (20 << 20).to_bytes(4, "little")
        path.write_bytes(bytes(content).replace(size, (10).to_bytes(4, "little")))

        assert fault_of(path) in {FileFault.TOO_LARGE, FileFault.BROKEN}

    def test_ten_thousand_columns(self, tmp_path):
        path = workbook(tmp_path / "a.xlsx", [[f"k{n}" for n in range(10_000)], [1] * 10_000])

        assert fault_of(path) == FileFault.MANY_COLUMNS

    def test_one_cell_far_away_takes_no_memory(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.append(HEAD)
        book.active.append(ROW)
        book.active["B1048576"] = "x"
        book.save(tmp_path / "a.xlsx")

        _, rows = read(tmp_path / "a.xlsx")

        assert len(rows) == 2

    @pytest.mark.parametrize("cut", [10, 200, 2000])
    def test_truncated(self, tmp_path, cut):
        path = workbook(tmp_path / "a.xlsx", [HEAD, ROW])
        path.write_bytes(path.read_bytes()[:cut])

        assert fault_of(path) == FileFault.BROKEN

    def test_another_kind_of_zip(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.docx", "w") as packed:
            packed.writestr("word/document.xml", "<x/>")

        assert fault_of(tmp_path / "a.docx") == FileFault.NOT_TEXT

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, FileFault.OLD_EXCEL),
            (b"%PDF-1.7\n", FileFault.NOT_A_TABLE),
            (b"\x89PNG\r\n\x1a\n\x00\x00", FileFault.NOT_A_TABLE),
            (b"tid;typ\n2026-01-01;a\x00b\n", FileFault.NOT_TEXT),
            (b"a" * 200_000 + b"\n1;2\n", FileFault.BROKEN),
            (b"tid;typ\n" + b"\n" * 20_000 + b"2026-01-01;x\n", FileFault.BROKEN),
        ],
    )
    def test_a_wrong_ending(self, tmp_path, content, reason):
        (tmp_path / "a.csv").write_bytes(content)

        assert fault_of(tmp_path / "a.csv") == reason

    def test_an_empty_workbook(self, tmp_path):
        assert fault_of(workbook(tmp_path / "a.xlsx", [])) == FileFault.EMPTY
        assert fault_of(workbook(tmp_path / "b.xlsx", [HEAD])) == FileFault.NO_ROWS


class TestGeojson:
    """One feature a row; only a point is a place."""

    def feature(self, n=1, **properties):
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [12.95, 56.08]},
            "properties": {"id": n, "tidpunkt": "2026-11-14 22:30", "kategori": "Klotter"}
            | properties,
        }

    def write(self, path, features, **members):
        document = {"type": "FeatureCollection", **members, "features": features}
        path.write_text(json.dumps(document))
        return path

    def test_is_understood_by_a_proposed_mapping(self, tmp_path):
        path = self.write(tmp_path / "a.geojson", [self.feature(), self.feature(2)], name="x")

        file, rows = read(path)

        assert file.about_rows == 2
        assert [(row.external_id, row.x, row.y) for row in rows] == [
            ("1", 12.95, 56.08), ("2", 12.95, 56.08),
        ]  # fmt: skip

    def test_a_surface_is_no_point_and_none_is_guessed(self, tmp_path):
        area = self.feature() | {"geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}

        _, (row,) = read(self.write(tmp_path / "a.geojson", [area]))

        assert (row.x, row.y) == (None, None)

    @pytest.mark.parametrize(
        "text",
        [
            '{"type": "FeatureCollection", "features": [{]}',
            '{"type": "FeatureCollection", "features": [1]}',
            '{"type": "FeatureCollection", "features": [{"properties": 1}]}',
            '{"type": "FeatureCollection", "features": [' + "[" * 100_000,
            '{"type": "FeatureCollection"}',
            '{"type": "FeatureCollection", "features": ["' + "a" * 1_200_000 + '"]}',
            '{"type": "FeatureCollection", "features": [' + " " * 3_000_000 + "]}",
        ],
    )
    def test_a_broken_one_gives_one_sentence(self, tmp_path, text):
        (tmp_path / "a.geojson").write_text(text)

        assert fault_of(tmp_path / "a.geojson") in {FileFault.BROKEN, FileFault.NO_ROWS}

    def test_a_key_is_cleaned_like_a_value(self, tmp_path):
        path = tmp_path / "a.geojson"
        self.write(path, [self.feature(extra="x")])
        path.write_text(path.read_text().replace('"extra"', '"\\ud800\\u0000 extra"'))

        file, _ = read(path)

        assert file.shape
        assert all("\x00" not in column for column in file.header)

    def test_half_a_surrogate_is_no_text(self, tmp_path):
        path = tmp_path / "a.geojson"
        self.write(path, [self.feature(kategori="x")])
        path.write_text(path.read_text().replace('"x"', '"\\ud800\\u0000 x"'))

        _, (row,) = read(path)

        assert row.category.encode()
        assert "\x00" not in row.category


class TestJsonItems:
    """The items of a long array, one by one."""

    def test_as_json_reads_them(self):
        values = [1, "två", [3], {"fyra": [5, None]}, -1.5e3, True, "x" * 100_000]

        assert list(json_items.items(io.StringIO(json.dumps(values)))) == values

    def test_of_a_member_past_others(self):
        text = '{"a": {"b": [1]}, "features": [ {"c": 1} , {"c": 2} ], "z": 1}'

        assert list(json_items.items(io.StringIO(text), member="features")) == [{"c": 1}, {"c": 2}]

    @pytest.mark.parametrize("text", ["", "[", "[1", "[1,]", "[1 2]", "{}", '{"features": 1}'])
    def test_what_is_not_that_is_refused(self, text):
        with pytest.raises(json_items.NotJson):
            list(json_items.items(io.StringIO(text), member=None if text != "{}" else "features"))


class TestPoliceEvents:
    """From early 2026 the place holds the county only; the title holds the municipality."""

    def test_the_municipality_stands_in_the_title(self, tmp_path):
        event = {"id": 1, "datetime": "2026-02-12 7:20:00 +01:00", "type": "Trafikolycka, personskada",
                 "name": "12 februari 07.10, Trafikolycka, personskada, Bjuv", "url": "/a/",
                 "location": {"name": "Skåne län", "gps": "56,13"}}  # fmt: skip
        (tmp_path / "a.json").write_text(json.dumps([event]))

        _, (row,) = read(tmp_path / "a.json")

        assert (row.area, row.category) == ("Bjuv", "Trafikolycka, personskada")
        assert row.starts == datetime(2026, 2, 12, 7, 10)


class TestSheets:
    """What is written reads in again, and no text is a formula."""

    @pytest.mark.parametrize("text", ["=2+2", "+46", "-x", "@a", "\tb", "'=x"])
    def test_a_text_like_a_formula_is_only_a_text(self, tmp_path, text):
        for form in (sheets.Form.CSV, sheets.Form.XLSX):
            path = tmp_path / f"a.{form}"
            sheets.write(path, form, ["tidpunkt", "kategori", "text"],
                         [["2026-11-14", "Klotter", f"{text} {n}"] for n in range(3)])  # fmt: skip
            _, rows = read(path)

            assert rows[0].text == f"{text} 0"
            if form is sheets.Form.CSV:
                assert f";'{text}" in path.read_text() or '"' in path.read_text()

    def test_more_rows_than_a_sheet_holds_is_an_error_not_a_cut(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sheets, "MOST_XLSX_ROWS", 2)
        with pytest.raises(sheets.TooManyRows):
            sheets.write(tmp_path / "a.xlsx", sheets.Form.XLSX, ["a"], [["1"], ["2"], ["3"]])
