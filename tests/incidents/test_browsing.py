"""Looking at incidents: the list, the table, the map and the file say the same."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samlad.authorization.permissions import Role
from samlad.incidents import browsing, exporting, queries, saved_actions
from samlad.incidents.browsing import Chosen
from samlad.incidents.models import Incident, SavedFilter, Source
from samlad.intake import sheets
from samlad.places.models import Area
from tests.cast import make_organisation

HEADER = "id;tid;sluttid;typ;lat;lon;område;plats;antal;polisanmäld;kostnad;ägare;beskrivning\n"
ROWS = HEADER + (
    "1;2026-11-14 22:30;;Klotter;56.05;13.05;;;12 st;ja;4500;kommun;Bakom =skolan\n"
    "2;2026-11-14 23;;Klotter;56.03;13.02;;;;;;;\n"
    "3;2026-11-15;;Klotter;;;Södra;;;;;;\n"
    ";2026-11-15;;Klotter;;;Södra;;;;;;\n"
    ";2026-11-15;;Klotter;;;Södra;;;;;;\n"
    "5;2026-10;;Skadegörelse;56.05;13.05;;;;nej;;;=2+2\n"
    "6;2026-11-13 20:00;2026-11-14 06:00;Bostadsinbrott;56.051;13.051;;;;;;;\n"
    "7;2026-11-16 01:15;;Våld i nära relationer;56.05;13.05;;;;;;;\n"
    "8;2026-11-16;;Rymdvarelse;0;0;;;;;;;\n"
    "9;2026-11-17;;Klotter;13.05;56.05;;;;;;;\n"
    "10;2026-11-17;;Klotter;57.9;13.05;;;;;;;\n"
    "11;2026-10-25 02:30+01:00;;Klotter;;;Ingenstans;;;;;;\n"
    "12;2026-03-29 02:30;;Klotter;;;;Vid kiosken;;;;;\n"
    "13;2026-11-18;;Klotter;;;;;;;;;Kevin Andersson\n"
)
FIELDS = [
    "category_id", "starts_at", "ends_at", "precision", "happened_on", "hour", "position",
    "area_id", "place_id", "place_fault", "quantity", "police_reported", "cost_kr",
    "property_owner", "external_id",
]  # fmt: skip


@pytest.fixture
def filled(take_in):
    """A source with rows of every kind."""
    return take_in(ROWS)


@pytest.mark.django_db
class TestAgreement:
    """One choice, three ways to see it."""

    choices = st.builds(
        dict,
        category=st.sampled_from(["", "klotter", "skadegorelse", "-"]),
        starts_on=st.sampled_from([None, date(2026, 11, 15)]),
        ends_on=st.sampled_from([None, date(2026, 11, 16)]),
        weekday=st.sampled_from([None, 1, 6, 7]),
        hours=st.sampled_from([(None, None), (22, 6), (0, 12), (12, None)]),
        zoom=st.floats(0, 20),
    )

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(choice=choices)
    def test_list_table_and_map_count_the_same(self, choice, filled, source, person_once, town):
        zoom, (first, last) = choice.pop("zoom"), choice.pop("hours")
        chosen = Chosen(source=source.pk, hour_from=first, hour_to=last, **choice)
        rows = browsing.chosen_rows(chosen, person_once)

        table = browsing.count_by_category(rows)
        cells = browsing.cells(rows, metric_crs=town.metric_crs, zoom=zoom)

        assert sum(row.number for row in table) == rows.count()
        assert sum(cell.number for cell in cells) == sum(row.placed for row in table)
        assert rows.filter(x_m__isnull=False).count() == sum(row.placed for row in table)

    def test_the_page_and_the_file_say_so_too(self, filled, source, signed_in):
        client = signed_in(Role.COORDINATOR)
        page = client.get(reverse("incidents"), {"source": source.pk, "category": "klotter"})
        sent = client.get(
            reverse("incident_export", args=["csv"]), {"source": source.pk, "category": "klotter"}
        )

        lines = list(csv.reader(io.StringIO(b"".join(sent).decode("utf-8-sig")), delimiter=";"))
        assert page.context["total"] == len(lines) - 1 == page.context["page"].paginator.count

    def test_an_area_holds_its_parts_and_its_earlier_versions(self, filled, source, person_once):
        whole = Area.objects.get(kind="kommun")
        everywhere = browsing.chosen_rows(Chosen(source=source.pk), person_once)
        within = browsing.chosen_rows(Chosen(source=source.pk, area=whole.pk), person_once)

        assert within.count() == everywhere.filter(area__isnull=False).count()

    def test_a_window_of_the_map_holds_what_lies_in_it(self, filled, source, person_once, town):
        rows = browsing.chosen_rows(Chosen(source=source.pk), person_once)
        everything = browsing.cells(rows, metric_crs=town.metric_crs, zoom=18)
        box = (13.04, 56.04, 13.06, 56.06)
        inside = browsing.cells(rows, metric_crs=town.metric_crs, zoom=18, box=box)

        expected = [
            c for c in everything if 13.04 < c.longitude < 13.06 and 56.04 < c.latitude < 56.06
        ]
        assert sum(c.number for c in inside) == sum(c.number for c in expected)


@pytest.fixture
def person_once(person):
    """One coordinator for all examples."""
    return person(Role.COORDINATOR)


@pytest.mark.django_db
class TestAccess:
    """Inside the authority everything; elsewhere one's own."""

    def test_a_reporter_browses_the_own_organisation_only(self, filled, source, town, signed_in):
        school = make_organisation(town, "Skola", "skola")
        Source.objects.create(municipality=town, owner=school, code="s", name="Skolan")
        client = signed_in(Role.REPORTER, school)

        assert client.get(reverse("incidents")).context["total"] == 0
        assert client.get(reverse("incidents"), {"source": source.pk}).status_code == 404
        export = reverse("incident_export", args=["csv"])
        assert client.get(export, {"source": source.pk}).status_code == 404

    @pytest.mark.parametrize("role", [Role.LEADER, Role.MEMBER, Role.ADMINISTRATOR, Role.RELEASER])
    def test_who_reads_no_incidents_browses_none(self, role, filled, signed_in):
        client = signed_in(role)

        assert "table" not in client.get(reverse("incidents")).context
        assert client.get(reverse("incident_cells")).status_code == 404

    def test_the_list_costs_the_same_for_one_row_and_for_many(
        self, take_in, source, signed_in, django_assert_max_num_queries
    ):
        take_in(HEADER + "1;2026-11-14;;Klotter;56.05;13.05;;;;;;;x\n")
        client = signed_in(Role.COORDINATOR)
        client.get(reverse("incidents"))
        with django_assert_max_num_queries(30) as one:
            client.get(reverse("incidents"))
        take_in(
            HEADER
            + "".join(f"{n};2026-11-14;;Klotter;56.05;13.05;;;;;;;y {n}\n" for n in range(2, 40))
        )
        with django_assert_max_num_queries(len(one.captured_queries)):
            client.get(reverse("incidents"))


@pytest.mark.django_db
class TestSaved:
    """A choice kept under a name, one's own."""

    def test_is_found_again_and_is_nobody_else_s(self, source, person):
        one, other = person(Role.COORDINATOR), person(Role.COORDINATOR)
        saved = saved_actions.save(
            name="Kvällar", chosen=Chosen(source=source.pk, hour_from=18), by=one
        )

        saved_actions.forget(filter_id=saved.pk, by=other)

        assert browsing.saved_filters(one)[0].chosen == {"source": source.pk, "hour_from": 18}
        assert browsing.saved_filters(other) == []
        assert SavedFilter.objects.count() == 1


@pytest.mark.django_db
class TestExport:
    """What comes out goes in again: complete, the same, and known."""

    def write(self, form, tmp_path, source, user):
        rows = browsing.chosen_rows(Chosen(source=source.pk), user)
        town = source.municipality
        path = tmp_path / f"ut.{form}"
        sheets.write(
            path,
            form,
            exporting.HEADER,
            exporting.rows(rows, metric_crs=town.metric_crs, words=queries.category_words(town)),
        )
        return path

    @pytest.mark.parametrize("form", sheets.Form)
    def test_the_same_source_knows_every_row(
        self, form, filled, take_in, source, tmp_path, person_once
    ):
        path = self.write(form, tmp_path, source, person_once)

        again = take_in(path)

        assert (again.accepted, again.rejected) == (0, 0)
        assert again.already_known == filled.accepted

    @pytest.mark.parametrize("form", sheets.Form)
    def test_an_empty_source_gets_the_same_rows(
        self, form, filled, take_in, source, town, tmp_path, person_once
    ):
        path = self.write(form, tmp_path, source, person_once)
        before = self.rows_of(source)
        texts = self.texts_of(source)
        Source.objects.filter(pk=source.pk).update(name="Gammal", code="gammal")
        twin = Source.objects.create(
            municipality=town, owner=source.owner, code="fel", name="Felanmälan"
        )

        take_in(path, into=twin)

        assert sorted(self.rows_of(twin)) == sorted(before)
        assert sorted(self.texts_of(twin)) == sorted(texts)

    def rows_of(self, source):
        rows = Incident.objects.filter(source=source, batch__status="accepted").order_by("pk")
        found = [
            (
                *(str(getattr(row, name)) for name in FIELDS),
                bytes(row.fingerprint) * (not row.external_id),
            )
            for row in rows
        ]
        points = [(round(row.x_m or 0, 1), round(row.y_m or 0, 1)) for row in rows]
        return [(*one, *point) for one, point in zip(found, points, strict=True)]

    def texts_of(self, source):
        rows = Incident.objects.filter(source=source, written__state="shown").order_by("pk")
        return [(row.written.text, row.written.place_text) for row in rows]

    def test_leaves_an_event_and_nothing_that_waits(self, filled, signed_in, source):
        from samlad.audit.models import AuditEvent

        client = signed_in(Role.COORDINATOR)
        content = b"".join(client.get(reverse("incident_export", args=["geojson"])))

        event = AuditEvent.objects.get(event="incidents.rows.exported")
        assert event.details["counts"] == {"rows": filled.accepted}
        assert b"Kevin" not in content

    def test_what_was_wrong_with_a_place_is_shown(self, filled):
        found = set(
            Incident.objects.exclude(place_fault="").values_list("row_number", "place_fault")
        )

        assert {(9 + 1, "zero"), (10 + 1, "swapped"), (11 + 1, "outside"),
                (12 + 1, "unknown_area"), (13 + 1, "unknown_place")} <= found  # fmt: skip
        assert filled.notes["missing_hour"] == 1
        assert filled.notes["doubled_hour"] == 1
