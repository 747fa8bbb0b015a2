"""One log: sent twice is logged once, few persons are a band, what was changed is kept."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import shapely
from django.core.exceptions import PermissionDenied

from samlad.activities import actions, activity_file, history, queries
from samlad.activities.actions import Entry, ShiftEntry
from samlad.activities.activity_file import BadActivityFile, Names
from samlad.activities.models import Activity, ActivityKind
from samlad.activities.queries import Choice
from samlad.activities.rules import NotAllowed, Reason
from samlad.activities.vocabulary import ShiftRole
from samlad.authorization.permissions import Role
from samlad.guard.refusing import PersonalData
from samlad.intake import sheets
from samlad.intake.sheets import Form
from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places.models import Area, AreaKind, Place
from tests.cast import NOON, make_organisation
from tests.places.test_areas import geojson

TODAY = date(2026, 11, 20)


def kind(code):
    return ActivityKind.objects.get(code=code)


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def log(town, coordinator):
    """Return a logger of activities."""

    def make(code="medborgardialog", *, key=None, by=coordinator, owner=None, shift=None, **values):
        return actions.log(
            organisation_id=owner or town.process_authority_id, key=key or uuid4(),
            entry=Entry(kind=kind(code), **{"on": TODAY, **values}), shift=shift, by=by, now=NOON,
        )  # fmt: skip

    return make


class TestLogging:
    """What is done is logged afterwards, by those who did it, and nobody met is named."""

    def test_the_same_key_twice_is_once(self, log):
        key = uuid4()

        assert log(key=key).pk == log(key=key).pk
        assert Activity.objects.count() == 1

    def test_anothers_key_is_refused_with_a_reason(self, log, town, person):
        key, school = uuid4(), make_organisation(town, "Skolan", "skola")
        log(key=key)
        with pytest.raises(NotAllowed) as refusal:
            log(key=key, owner=school.pk)

        assert refusal.value.reason == Reason.TAKEN_KEY

    def test_few_are_a_band_where_persons_are_met(self, log):
        met, seen = log("faltpass", participants=3), log("medborgardialog", participants=3)

        assert str(queries.participants(met)) == "1–4"
        assert str(queries.participants(seen)) == "3"
        assert str(queries.sums(Activity.objects.all()).participants) == "4–7"

    def test_a_shift_keeps_bands_and_no_more(self, log):
        made = log(
            "faltpass", hours=Decimal("4.5"),
            shift=ShiftEntry(
                ShiftRole.FIELD, "helgkväll", {"ny": 3, "grupp": 12}, {"droger": 1}, {"skola": 0}
            ),
        )  # fmt: skip

        assert made.shift.contacts == {"ny": 1, "grupp": 10}
        assert (made.shift.topics, made.shift.referrals) == ({"droger": 1}, {})
        ((_contacts, told), _topics) = queries.shift_words(made.shift)
        assert [(word, str(band)) for word, band in told] == [("ny", "1–4"), ("grupp", "10–19")]

    def test_a_shift_that_is_changed_is_kept_as_it_was_and_bands_add(self, log, coordinator):
        seen = ShiftEntry(ShiftRole.FIELD, "helgkväll", {"ny": 3}, {}, {})
        first, _second = log("faltpass", shift=seen), log("faltpass", shift=seen)
        actions.change(
            activity_id=first.pk, entry=Entry(kind=first.kind, on=TODAY),
            shift=ShiftEntry(ShiftRole.FIELD, "helgnatt", {"ny": 7}, {}, {}),
            by=coordinator, now=NOON,
        )  # fmt: skip
        (version,) = first.versions.all()
        ((_label, told),) = queries.sums(queries.log(coordinator)).shifts

        assert version.content["shift"]["daypart"] == "helgkväll"
        assert version.content["shift"]["contacts"] == {"ny": 1}
        assert [(word, str(band)) for word, band in told] == [("ny", "6–13")]

    def test_tomorrow_names_and_others_are_refused(self, log, person, town, other_town):
        school = make_organisation(town, "Skolan", "skola")
        with pytest.raises(NotAllowed):
            log(on=date(2026, 11, 21))
        with pytest.raises(PersonalData):
            log(what="Mötte 19900101-2385")
        with pytest.raises(PermissionDenied):
            log(by=person(Role.REPORTER, school))
        with pytest.raises(PermissionDenied):
            log(by=person(Role.LEADER))

        assert not queries.log(person(Role.COORDINATOR, other_town.process_authority)).exists()

    def test_what_was_changed_is_kept_and_what_was_removed_counts_nowhere(self, log, coordinator):
        made = log(what="Torget")
        how = {"activity_id": made.pk, "by": coordinator, "now": NOON}
        same = Entry(kind=made.kind, on=TODAY, what="Torget")
        actions.change(entry=same, with_whom=[], **how)
        actions.change(entry=Entry(kind=made.kind, on=TODAY, what="Parken"), with_whom=[], **how)

        assert [one.content["what"] for one in made.versions.all()] == ["Torget"]
        actions.remove(**how)
        assert not queries.log(coordinator).exists()


class TestReading:
    """Narrowed by kind, audience and orientation; hours by place and week."""

    def test_each_narrows(self, log, coordinator):
        chosen = log("utbildning", audiences=("hemtjanst",), orientations=("uppsokande",))
        log("nyhetsbrev", on=date(2026, 1, 1))
        for choice in (
            Choice(kind="utbildning"), Choice(audience="hemtjanst"),
            Choice(orientation="uppsokande"), Choice(since=date(2026, 6, 1)),
        ):  # fmt: skip
            assert list(queries.log(coordinator, choice)) == [chosen]

    def test_hours_are_summed_by_place_and_week(self, log, coordinator):
        for day, hours in (
            (date(2026, 11, 20), 4),
            (date(2026, 11, 18), 2),
            (date(2026, 11, 10), 3),
        ):
            log("vaktarpass", on=day, hours=Decimal(hours))

        found = queries.hours_by_place(queries.log(coordinator), today=TODAY)

        assert found.weeks[-1] == date(2026, 11, 16)
        ((_name, weeks, total),) = found.rows
        assert (weeks[-1], weeks[-2], total) == (6, 3, 9)


class TestFile:
    """The same columns out and in; what cannot be read is named, row by row."""

    @pytest.fixture
    def names(self, db):
        return Names({one.code: one for one in ActivityKind.objects.all()}, {}, {}, {})

    @pytest.fixture
    def read(self, names, tmp_path):
        """Return a reader of a file, or of its content."""

        def make(content):
            path = content
            if isinstance(content, bytes):
                path = tmp_path / "file"
                path.write_bytes(content)
            return activity_file.read(path, names, name="fil", today=TODAY, scope="1")

        return make

    @pytest.mark.parametrize("form", [Form.CSV, Form.XLSX])
    def test_what_comes_out_goes_in_again_and_is_the_same(
        self, form, log, read, coordinator, tmp_path
    ):
        log(what="=2+2", participants=7, hours=Decimal("1.5"), channels=("mote",))
        seen = {"contacts": {"ny": 3, "grupp": 7}, "topics": {}, "referrals": {"socialtjanst": 1}}
        shift = ShiftEntry(ShiftRole.FIELD, "helgkväll", **seen)
        log("faltpass", participants=3, shift=shift)
        path = tmp_path / "log"
        sheets.write(
            path, form, activity_file.COLUMNS, activity_file.rows_of(queries.log(coordinator))
        )
        rows, faults = read(path)

        assert faults == []
        assert {row.key for row in rows} == set(Activity.objects.values_list("key", flat=True))
        plain = next(row.entry for row in rows if row.entry.what)
        assert (plain.what, plain.hours) == ("=2+2", Decimal("1.50"))
        banded = next(row.entry for row in rows if row.entry.kind.code == "faltpass")
        assert banded.as_fields()["participants_high"] == 4
        (again,) = [row.shift for row in rows if row.shift]
        assert again.as_fields() == shift.as_fields()

    @pytest.mark.parametrize(
        "row",
        ["faltpass;;", "faltpass;vaktare;helgkväll", "faltpass;falt;i går",
         "nyhetsbrev;falt;helgkväll"],
    )  # fmt: skip
    def test_a_shift_says_its_role_and_part_of_the_day_and_nothing_else_does(self, row, read):
        rows, faults = read(f"datum;slag;roll;dygnsdel\n2026-01-01;{row}\n".encode())

        assert (rows, len(faults)) == ([], 1)

    def test_equal_rows_are_two_and_the_same_file_twice_the_same(self, read):
        content = b"datum;slag\n2026-01-02;nyhetsbrev\n2026-01-02;nyhetsbrev\n"
        first, _faults = read(content)
        again, _faults = read(content)

        assert len({row.key for row in first}) == 2
        assert [row.key for row in first] == [row.key for row in again]

    @pytest.mark.parametrize(
        "row",
        ["2026-13-01;nyhetsbrev;", "2027-01-01;nyhetsbrev;", "2026-01-01;okänt;",
         "2026-01-01;nyhetsbrev;NaN", "2026-01-01;nyhetsbrev;-1", "2026-01-01;nyhetsbrev;9999999"],
    )  # fmt: skip
    def test_a_row_that_cannot_be_read_is_named_with_its_line(self, row, read):
        rows, faults = read(f"datum;slag;timmar\n{row}\n".encode())

        assert rows == []
        assert faults[0][0] == 2
        assert faults[0][1]

    @pytest.mark.parametrize("content", [b"a;b\n1;2\n", b"", b"datum;slag\n\x00;x\n"])
    def test_a_file_of_something_else_gets_a_sentence(self, content, read):
        with pytest.raises(BadActivityFile):
            read(content)


class TestWhere:
    """A place lies in an area: so a promise and the log by area find what was done there."""

    @pytest.fixture
    def places(self, town, tmp_path):
        place_actions.import_areas(
            municipality_id=town.pk, kind=AreaKind.DISTRICT,
            file=area_files.read(geojson(tmp_path / "areas.geojson")),
            valid_from=date(2018, 1, 1), provenance="test", by=None, now=NOON,
        )  # fmt: skip
        x_m, y_m = area_files.to_crs(
            shapely.Point(13.05, 56.05), source="EPSG:4326", target=town.metric_crs
        ).coords[0]
        return [
            Place.objects.create(
                municipality=town, name=name, kind="park", x_m=x_m, y_m=y_m - south
            )
            for name, south in (("Torget", 0), ("Parken", 11_000), ("Utlandet", 900_000))
        ]

    def test_the_area_of_its_place_is_kept(self, log, places, coordinator):
        made = log(place=places[0])

        assert made.area.name == "Norra"
        assert list(queries.log(coordinator, Choice(area="1260R001"))) == [made]
        assert log(place=places[2]).area is None

    def test_moved_the_area_goes_along_but_a_chosen_one_stays(self, log, places, coordinator):
        made, north = log(place=places[0]), Area.objects.get(name="Norra")
        how = {"activity_id": made.pk, "by": coordinator, "now": NOON}
        entry = Entry(kind=made.kind, on=TODAY, place=places[1], area=north)
        assert actions.change(entry=entry, **how).area.name == "Södra"

        entry = Entry(kind=made.kind, on=TODAY, place=places[1], area=north)
        assert actions.change(entry=entry, **how).area.name == "Norra"


class TestHistory:
    """What stood before is told in words, and a band is no exact number when the kind changes."""

    def test_each_change_says_what_stood_before(self, log, coordinator):
        made = log("utbildning", participants=12, evidence="Dnr 1")
        actions.change(
            activity_id=made.pk, by=coordinator, now=NOON,
            entry=Entry(kind=made.kind, on=TODAY, participants=14, evidence="Dnr 2"),
        )  # fmt: skip
        ((_at, stood),) = history.changes(Activity.objects.get())

        assert stood == [("Deltog", "12"), ("Underlag", "Dnr 1")]

    def test_a_band_stays_a_band_when_the_kind_becomes_another(self, log, coordinator):
        made = log("broschyrutdelning", participants=7)
        low = made.participants_low
        entry = Entry(kind=kind("styrgruppsmote"), on=TODAY, participants=low)
        actions.change(activity_id=made.pk, entry=entry, by=coordinator, now=NOON)

        made.refresh_from_db()
        assert (made.participants_low, made.participants_high) == (5, 9)
