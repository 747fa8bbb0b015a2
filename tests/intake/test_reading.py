"""Files and rows: what is understood, and one sentence for what is not."""

import gzip
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlad.intake import files, times
from samlad.intake import mapping as mappings
from samlad.intake.errors import FILE_FAULTS, ROW_FAULTS, FileFault, RowFault, UnusableFile
from samlad.intake.interpreting import Interpreter
from samlad.intake.known import KnownRows
from samlad.intake.rows import Precision, Rejection

STOCKHOLM = ZoneInfo("Europe/Stockholm")
GOOD = "id;tid;typ;lat;lon;antal\n1;2026-11-14 22:30;Klotter;56,08;12,95;12 st\n"


def read(tmp_path, content, mapping=None, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    file = files.recognise(path)
    chosen = mapping or file.proposed_mapping()
    with file.rows() as raw:
        return file, list(Interpreter(chosen, file.header, name=file.name).rows(raw))


class TestCsv:
    """Any delimiter, decimal comma, several encodings."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_is_recognised(self, tmp_path, encoding, delimiter):
        text = f"datum{delimiter}kategori\n2026-11-14{delimiter}Skadegörelse å\n"
        _, rows = read(tmp_path, text.encode(encoding))

        assert rows[0].category == "Skadegörelse å"

    def test_is_understood_by_a_proposed_mapping(self, tmp_path):
        _, (row,) = read(tmp_path, GOOD)

        assert row.starts == datetime(2026, 11, 14, 22, 30)
        assert (row.x, row.y, row.quantity, row.external_id) == (12.95, 56.08, 12, "1")
        assert row.precision is Precision.MINUTE

    def test_may_be_packed(self, tmp_path):
        file, rows = read(tmp_path, gzip.compress(GOOD.encode()), name="a.csv.gz")

        assert len(rows) == 1
        assert len(file.sha256) == 64

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("1;2026-11-14", RowFault.COLUMNS),
            ("1;;Klotter;56;12;1", RowFault.NO_TIME),
            ("1;igår;Klotter;56;12;1", RowFault.BAD_TIME),
            ("1;2026-02-30;Klotter;56;12;1", RowFault.BAD_TIME),
            ("1;2026-11-14;;56;12;1", RowFault.NO_CATEGORY),
            ("1;2026-11-14;Klotter;norr;12;1", RowFault.BAD_COORDINATES),
            ("1;2026-11-14;Klotter;56;inf;1", RowFault.BAD_COORDINATES),
            ("1;2026-11-14;Klotter;56;12;många", RowFault.BAD_NUMBER),
        ],
    )
    def test_a_bad_row_is_rejected_with_its_number_and_reason(self, tmp_path, line, reason):
        _, rows = read(tmp_path, GOOD + line + "\n")

        assert rows[1] == Rejection(3, reason)

    @pytest.mark.parametrize(
        ("clock", "starts", "ends"),
        [("21-23", 21, 23), ("21:00 – 23:00", 21, 23), ("22-01", 22, 1), ("0,875", 21, None)],
    )
    def test_a_time_of_day_may_be_an_interval_or_a_part_of_a_day(
        self, tmp_path, clock, starts, ends
    ):
        _, (row,) = read(tmp_path, f"datum;klockslag;typ\n2026-11-14;{clock};Klotter\n")

        assert row.starts.hour == starts
        assert (row.ends and row.ends.hour) == ends
        assert row.ends is None or row.ends > row.starts

    @pytest.mark.parametrize(
        "written",
        ["2026/10/12", "12/10/2026", "12-10-2026", "12.10.2026", "12/10 2026", "12 okt 2026",
         "12 oktober 2026", "20261012", "2026-10-12"],
    )  # fmt: skip
    def test_a_day_as_people_write_it(self, tmp_path, written):
        _, (row,) = read(tmp_path, f"datum;typ\n{written};Klotter\n")

        assert (row.starts, row.precision) == (datetime(2026, 10, 12), Precision.DAY)

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("2026-11-14;0;;8", RowFault.BAD_NUMBER),
            ("2026-11-14;-1;;8", RowFault.BAD_NUMBER),
            ("2026-11-14;1;ca 5000;8", RowFault.BAD_COST),
            ("2026-11-14;1;1500:-;kväll", RowFault.BAD_CLOCK),
        ],
    )
    def test_the_reason_says_which_value(self, tmp_path, line, reason):
        text = "datum;antal;kostnad;klockslag\n2026-11-14;1;1500:-;8\n" + line + "\n"
        _, rows = read(tmp_path, text)

        assert rows[0].cost_kr == 1500
        assert rows[1] == Rejection(3, reason)

    def test_an_end_before_the_start_is_rejected(self, tmp_path):
        _, rows = read(tmp_path, "start;slut\n2026-11-14 10:00;2026-11-14 09:00\n")

        assert rows == [Rejection(2, RowFault.ENDS_BEFORE_START)]

    def test_nought_and_nought_is_no_point(self, tmp_path):
        _, (row,) = read(tmp_path, "tid;lat;lon\n2026-11-14;0;0\n")

        assert (row.x, row.y) == (None, None)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", FileFault.EMPTY),
            (b"  \n ", FileFault.EMPTY),
            (b"tid;typ\n", FileFault.NO_ROWS),
            (b"PK\x03\x04\x00\x00", FileFault.BROKEN),
            (b"\x1f\x8b broken", FileFault.UNREADABLE),
            (b"tid;typ\n2026-01-01;" + b"x" * 1_000_001 + b"\n", FileFault.LONG_LINE),
            (b";".join(b"%d" % n for n in range(1001)) + b"\n1\n", FileFault.MANY_COLUMNS),
            (b'tid;typ\n2026-01-01;"aldrig st\xc3\xa4ngt\n', FileFault.BROKEN),
        ],
    )
    def test_a_bad_file_gives_one_sentence(self, tmp_path, content, reason):
        with pytest.raises(UnusableFile) as refusal:
            read(tmp_path, content)

        assert refusal.value.reason == reason
        assert str(refusal.value).count(".") >= 1


class TestPoliceEvents:
    """Published notices: the title's time, never the coordinates."""

    def event(self, **change):
        return {
            "id": 588172,
            "datetime": "2025-06-07 7:32:06 +02:00",
            "name": "06 juni 18.50, Trafikolycka, personskada, Kungsör",
            "summary": "Hemligt om Anna",
            "url": "/aktuellt/handelser/2025/juni/6/x/",
            "type": "Trafikolycka, personskada",
            "location": {"name": "Kungsör", "gps": "59.422397,16.097786"},
            **change,
        }

    @pytest.mark.parametrize("as_array", [True, False])
    def test_are_read_as_an_array_or_line_by_line(self, tmp_path, as_array):
        events = [self.event(), self.event(id=2)]
        text = json.dumps(events) if as_array else "\n".join(map(json.dumps, events))
        file, rows = read(tmp_path, text, name="events.json")

        assert file.is_notices
        assert len(rows) == 2
        row = rows[0]
        assert row.starts == datetime(2025, 6, 6, 18, 50)
        assert (row.x, row.y, row.area) == (None, None, "Kungsör")
        assert row.category == "Trafikolycka, personskada"
        assert row.link.startswith("https://polisen.se/aktuellt/")

    @pytest.mark.parametrize(
        ("change", "starts", "precision"),
        [
            ({"name": "Sammanfattning natt, Kungsör"}, datetime(2025, 6, 7), Precision.DAY),
            ({"name": "06 juni, Kungsör"}, datetime(2025, 6, 6), Precision.DAY),
            (
                {"name": "31 december 23:10, Rån", "datetime": "2025-01-01 8:00:00 +01:00"},
                datetime(2024, 12, 31, 23, 10),
                Precision.MINUTE,
            ),
        ],
    )
    def test_the_time_stands_in_the_title(self, tmp_path, change, starts, precision):
        _, (row,) = read(tmp_path, json.dumps([self.event(**change)]), name="e.json")

        assert (row.starts, row.precision) == (starts, precision)

    def test_a_line_that_is_no_event_is_rejected(self, tmp_path):
        _, rows = read(tmp_path, json.dumps(self.event()) + "\n17\n", name="e.ndjson")

        assert isinstance(rows[1], Rejection)

    def test_the_summary_is_not_read(self, tmp_path):
        _, (row,) = read(tmp_path, json.dumps([self.event()]), name="e.json")

        assert "Anna" not in repr(row)


class TestTimes:
    """Precision is kept, and the two odd hours of the year are handled."""

    @pytest.mark.parametrize(
        ("text", "expected", "precision"),
        [
            ("2026-11-14T22:30:15", datetime(2026, 11, 14, 22, 30), Precision.MINUTE),
            ("2026-11-14 7:32:06 +01:00", datetime(2026, 11, 14, 7, 32), Precision.MINUTE),
            ("2026-07-14T12:00Z", datetime(2026, 7, 14, 14, 0), Precision.MINUTE),
            ("2026-11-14 22", datetime(2026, 11, 14, 22), Precision.HOUR),
            ("20261114", datetime(2026, 11, 14), Precision.DAY),
            ("14/11/2026 22.30", datetime(2026, 11, 14, 22, 30), Precision.MINUTE),
            ("14.11.2026", datetime(2026, 11, 14), Precision.DAY),
            ("2018-07", datetime(2018, 7, 1), Precision.MONTH),
        ],
    )
    def test_are_read_as_people_write_them(self, text, expected, precision):
        assert times.parse(text, STOCKHOLM) == (expected, precision)

    def test_the_doubled_hour_is_the_first_and_the_missing_one_goes_on(self):
        assert times.to_utc(datetime(2026, 10, 25, 2, 30), STOCKHOLM).hour == 0
        assert times.to_utc(datetime(2026, 3, 29, 2, 30), STOCKHOLM).hour == 1
        assert times.is_missing_hour(datetime(2026, 3, 29, 2, 30), STOCKHOLM)
        assert not times.is_missing_hour(datetime(2026, 10, 25, 2, 30), STOCKHOLM)

    @given(st.text(max_size=30))
    def test_no_text_breaks_the_reader(self, text):
        times.parse(text, STOCKHOLM)


class TestKnown:
    """Identity by external id, else by counting equal rows."""

    def test_an_external_id_is_known_once_seen(self):
        known = KnownRows({"a"}, {})

        assert [known.is_known(x, b"") for x in ("a", "b", "b")] == [True, False, True]

    def test_equal_rows_in_one_file_are_different_events(self):
        known = KnownRows((), {b"x": 2})

        assert [known.is_known("", b"x") for _ in range(4)] == [True, True, False, False]


class TestMapping:
    """A mapping is checked when it is read."""

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ([], "object"),
            ({"columns": {}, "colour": 1}, "colour"),
            ({"columns": {"when": "x"}}, "when"),
            ({"columns": {"lat": "x"}}, "go together"),
            ({"columns": {"lat": "a", "lon": "b", "x": "c", "y": "d"}}, "either"),
            ({"columns": {"time": "x"}, "timezone": "Mars/Olympus"}, "Mars"),
            ({"columns": {"time": 3}}, "text"),
        ],
    )
    def test_a_bad_one_says_what_is_wrong(self, document, said):
        with pytest.raises(UnusableFile, match=said):
            mappings.from_json(document)

    def test_round_trips(self):
        mapping = mappings.from_json({"columns": {"time": "a", "category": ""}})

        assert mappings.from_json(mapping.as_json()) == mapping
        assert mapping.columns == {"time": "a"}

    def test_a_column_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(UnusableFile, match="När"):
            read(tmp_path, GOOD, mappings.from_json({"columns": {"time": "När"}}))


def test_every_reason_has_its_sentence():
    assert set(FILE_FAULTS) == set(FileFault)
    assert set(ROW_FAULTS) == set(RowFault)
