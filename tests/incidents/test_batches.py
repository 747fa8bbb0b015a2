"""Taking in a file: nothing disappears, nothing is seen before it is whole."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from samlad.audit.models import AuditEvent
from samlad.authorization.permissions import Role
from samlad.incidents import (
    actions,
    category_actions,
    count_queries,
    ending_actions,
    staging,
    tasks,
)
from samlad.incidents.models import Batch, BatchAuthor, Category, Incident, Position, Source
from samlad.incidents.rules import NotAllowed
from samlad.intake import files
from samlad.intake.errors import FileFault, UnusableFile
from samlad.places import actions as place_actions
from samlad.places import queries as places
from tests.cast import NOON, make_organisation

HOUR = timedelta(hours=1)
HEADER = "id;tid;typ;lat;lon;område\n"


@pytest.mark.django_db
class TestAcceptance:
    """Accepted + rejected + already known = rows in the file."""

    def test_every_row_is_accounted_for(self, take_in):
        batch = take_in(
            HEADER
            + "1;2026-11-14 22:30;Klotter;56.05;13.05;\n"  # in the north
            + "2;2026-11-14;Rymdvarelse;;;Södra\n"  # unmapped, area only
            + "3;i går;Klotter;;;\n"  # rejected
            + "1;2026-11-14 22:30;Klotter;56.05;13.05;\n"  # known
            + "4;2026-11-14;Klotter;;;Ingenstans\n"  # not placed
            + "5;2026-11-14;Klotter;60.0;15.0;\n"  # outside
        )

        assert (batch.rows, batch.accepted, batch.rejected, batch.already_known) == (6, 4, 1, 1)
        assert (batch.unmapped, batch.outside, batch.unplaced) == (1, 1, 1)
        assert [(r.row_number, r.reason) for r in batch.rejections.all()] == [(4, "bad_time")]

    def test_the_same_file_twice_changes_nothing(self, take_in):
        text = "tid;typ\n" + "2026-11-14;Klotter\n" * 3 + "2026-11-15;Klotter\n"
        first, second = take_in(text), take_in(text)

        assert (first.accepted, second.accepted, second.already_known) == (4, 0, 4)
        assert Incident.objects.accepted().count() == 4

    def test_of_equal_rows_as_many_are_known_as_there_were(self, take_in):
        take_in("tid;typ\n" + "2026-11-14;Klotter\n" * 2)
        again = take_in("tid;typ\n" + "2026-11-14;Klotter\n" * 5)

        assert (again.accepted, again.already_known) == (3, 2)

    def test_area_only_rows_get_no_point(self, take_in):
        take_in(HEADER + "1;2026-11-14;Klotter;;;södra\n")

        row = Incident.objects.get()
        assert (row.position, row.x_m, row.area.name) == (Position.AREA, None, "Södra")

    def test_a_point_outside_is_in_no_area(self, take_in):
        take_in(HEADER + "1;2026-11-14;Klotter;56.05;13.05;\n2;2026-11-14;Klotter;60;15;\n")

        outside = Incident.objects.get(external_id="2")
        assert (outside.position, outside.area) == (Position.OUTSIDE, None)

    def test_over_half_outside_stops_and_asks(self, take_in):
        text = HEADER + "1;2026-11-14;Klotter;60;15;\n2;2026-11-14;Klotter;61;15;\n"
        with pytest.raises(UnusableFile) as refusal:
            take_in(text)

        assert refusal.value.reason == FileFault.MOSTLY_OUTSIDE
        assert not Incident.objects.exists()
        assert Batch.objects.get().status == "failed"
        assert take_in(text, accept_outside=True).accepted == 2

    def test_the_finest_geography_is_enforced(self, take_in):
        take_in(
            HEADER
            + "1;2026-11-14 03:00;Våld i nära relationer;56.05;13.05;\n"
            + "2;2026-11-14 03:00;Bostadsinbrott;56.05;13.05;\n"
        )

        violence = Incident.objects.get(external_id="1")
        assert (violence.x_m, violence.area.kind) == (None, "kommun")
        burglary = Incident.objects.get(external_id="2")
        assert (burglary.x_m - 125) % 250 == 0
        assert (burglary.y_m - 125) % 250 == 0

    def test_a_named_place_is_known_by_name_but_not_for_what_is_kept_coarse(
        self, town, take_in, person
    ):
        place_actions.add_place(
            municipality_id=town.pk, name="Skateparken", kind="aktivitetsplats",
            access="offentlig", longitude=13.05, latitude=56.05, by=person(Role.COORDINATOR), now=NOON,
        )  # fmt: skip
        take_in(
            "id;tid;typ;plats\n1;2026-11-14;Klotter;skateparken\n2;2026-11-14;Bostadsinbrott;Skateparken\n"
        )

        graffiti, burglary = Incident.objects.order_by("external_id")
        assert (graffiti.position, graffiti.place.name) == (Position.PLACE, "Skateparken")
        assert graffiti.area.name == "Norra"
        assert (burglary.position, burglary.place) == (Position.POINT, None)
        assert (burglary.x_m - 125) % 250 == 0

    def test_a_word_mapped_later_coarsens_what_is_there(self, take_in, person):
        take_in(HEADER + "1;2026-11-14;Relationsbråk;56.05;13.05;\n")
        coordinator = person(Role.COORDINATOR)
        number = category_actions.map_word(
            municipality_id=Incident.objects.get().municipality_id,
            word="relationsbråk",
            category_id=Category.objects.get(code="vald-nara").pk,
            by=coordinator,
            now=NOON,
        )

        row = Incident.objects.get()
        assert (number, row.x_m, row.area.kind) == (1, None, "kommun")

    def test_a_category_is_used_only_while_it_is_valid(self, take_in):
        Category.objects.filter(code="klotter").update(ends_before=date(2026, 1, 1))
        take_in("tid;typ\n2025-12-31;Klotter\n2026-01-01;Klotter\n")

        old, new = Incident.objects.order_by("happened_on")
        assert (old.category.code, new.category) == ("klotter", None)

    def test_free_text_is_not_stored(self, take_in):
        take_in("tid;typ;beskrivning\n2026-11-14;Klotter;Kalle 19900101-1234\n")

        assert "Kalle" not in str(Incident.objects.values())


@pytest.mark.django_db
class TestStaging:
    """No query sees a row before its batch is accepted."""

    def test_a_failure_midway_leaves_nothing(self, take_in, monkeypatch):
        monkeypatch.setattr(staging, "CHUNK", 2)
        text = HEADER + "".join(f"{n};2026-11-14;Klotter;;;\n" for n in range(9))
        seen = []

        def looking(rows):
            seen.append(Incident.objects.accepted().count())
            if rows == 6:
                raise ValueError("the disk is full")

        with pytest.raises(ValueError, match="disk"):
            take_in(text, progress=looking)

        assert seen == [0, 0, 0]
        assert not Incident.objects.exists()
        assert Batch.objects.get().status == "failed"

    def test_a_batch_cut_off_by_a_killed_worker_is_cleaned_at_start(self, take_in, source):
        batch = take_in(HEADER + "1;2026-11-14;Klotter;;;\n")
        Batch.objects.filter(pk=batch.pk).update(
            status="staging", accepted_at=None, seen_at=NOON - timedelta(minutes=2)
        )

        assert Incident.objects.accepted().count() == 0
        assert ending_actions.resume_cut_off_batches(now=NOON) == 1
        assert not Incident.objects.exists()
        assert Batch.objects.get().status == "failed"

    def test_a_batch_is_read_once(self, take_in, tmp_path):
        batch = take_in(HEADER + "1;2026-11-14;Klotter;;;\n")
        file = files.recognise(tmp_path / "rows.csv")

        with pytest.raises(NotAllowed):
            actions.read_batch(batch_id=batch.pk, file=file, now=lambda: NOON)

    def test_one_event_for_the_whole_batch_names_the_organisation_and_a_key(self, take_in, person):
        user = person(Role.COORDINATOR)
        batch = take_in(HEADER + "1;2026-11-14;Klotter;;;\n2;2026-11-14;Klotter;;;\n", by=user)

        events = AuditEvent.objects.filter(event="incidents.batch.accepted")
        assert events.count() == 1
        assert events[0].actor == f"org:{batch.owner_id}:{batch.author_key.hex}"
        assert events[0].details["counts"]["accepted"] == 2
        assert f"user:{user.pk}" not in str(
            list(AuditEvent.objects.filter(event__startswith="incidents.batch").values())
        )
        assert BatchAuthor.objects.get(key=batch.author_key).user == user

    def test_a_batch_ended_elsewhere_is_not_accepted(self, source, take_in, monkeypatch):
        """A restart cleans up while the command is still reading."""
        text = HEADER + "1;2026-11-14;Klotter;;;\n"
        with pytest.raises(NotAllowed):
            take_in(text, progress=lambda _: ending_actions.resume_cut_off_batches(now=NOON + HOUR))

        assert not Incident.objects.exists()
        assert not AuditEvent.objects.filter(event="incidents.batch.accepted").exists()

    def test_whatever_goes_wrong_the_source_is_free_again(self, take_in, monkeypatch):
        def broken(*_):
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(staging.Stager, "stage", broken)
        with pytest.raises(RuntimeError):
            take_in(HEADER + "1;2026-11-14;Klotter;;;\n")
        monkeypatch.undo()

        assert Batch.objects.get().status == "failed"
        assert take_in(HEADER + "1;2026-11-14;Klotter;;;\n").accepted == 1

    def test_a_year_nobody_means_is_a_rejected_row(self, take_in):
        batch = take_in(
            "tid;typ\n0001-01-01;Klotter\n9999-12-31 23:59;Klotter\n2026-01-01;Klotter\n"
        )

        assert (batch.accepted, batch.rejected) == (1, 2)

    def test_notices_and_reports_are_kept_apart(self, take_in):
        with pytest.raises(UnusableFile) as refusal:
            take_in(
                '{"id": 1, "datetime": "2025-01-01 8:00:00 +01:00", "name": "x", "type": "Rån"}\n'
            )

        assert refusal.value.reason == FileFault.WRONG_SOURCE

    def test_an_upload_nobody_goes_on_with_is_thrown_away(self, source, person, data_folder):
        batch = actions.receive(
            source_id=source.pk,
            name="a.csv",
            chunks=[b"tid;typ\n2026-01-01;Klotter\n"],
            by=person(Role.COORDINATOR),
            now=NOON,
        )
        assert actions.upload_path(batch).exists()
        assert ending_actions.forget_waiting_batches(now=NOON) == 0

        assert ending_actions.forget_waiting_batches(now=NOON + timedelta(hours=25)) == 1
        assert not actions.upload_path(batch).exists()


@pytest.mark.django_db
class TestAccess:
    """Who may import and read."""

    def test_a_reporter_imports_for_the_own_organisation_only(self, town, source, take_in, person):
        school = make_organisation(town, "Skola", "skola")
        reporter = person(Role.REPORTER, school)
        own = Source.objects.create(municipality=town, owner=school, code="skola", name="Skola")

        assert take_in(HEADER + "1;2026-11-14;Klotter;;;\n", by=reporter, into=own).accepted == 1
        with pytest.raises(PermissionDenied):
            take_in(HEADER + "1;2026-11-14;Klotter;;;\n", by=reporter)

    def test_counts_refuse_a_source_one_may_not_read(self, town, source, person):
        versions = places.area_versions(town)
        with pytest.raises(PermissionDenied):
            count_queries.counts(
                source=source,
                user=person(Role.LEADER),
                areas=versions,
                every_version=versions,
                bins=None,  # type: ignore[arg-type]
                began_on=date(2026, 1, 1),
                weekly=True,
                window=(date(2026, 1, 1), date(2026, 1, 8)),
            )


@pytest.mark.django_db
class TestPages:
    """The pages of an import, for the cast."""

    def test_upload_see_correct_and_read(self, client, person, source, data_folder, tmp_path):
        from django.core.files.uploadedfile import SimpleUploadedFile

        client.force_login(
            person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
        )
        text = HEADER + "1;2026-11-14;Klotter;56.05;13.05;\n2;fel;Klotter;;;\n"
        response = client.post(
            reverse("batch_new"),
            {"source": source.pk, "file": SimpleUploadedFile("egen.csv", text.encode())},
        )
        columns = client.get(response.url)
        assert "egen.csv" in columns.content.decode()
        assert "Avvisade" in columns.content.decode()

        form = {"time": "tid", "category": "typ", "lat": "lat", "lon": "lon", "external_id": "id",
                "timezone": "Europe/Stockholm", "crs": "EPSG:4326", "read": "1"}  # fmt: skip
        done = client.post(response.url, form)
        tasks.read_batch.call(Batch.objects.get().pk)
        page = client.get(done.url).content.decode()

        assert Batch.objects.get().accepted == 1
        assert "Tiden går inte att läsa" in page
        assert not list((data_folder / "uploads").iterdir())

    def test_mostly_outside_asks_and_the_answer_is_one_box(
        self, client, person, source, data_folder
    ):
        from django.core.files.uploadedfile import SimpleUploadedFile

        client.force_login(
            person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
        )
        text = HEADER + "1;2026-11-14;Klotter;60;15;\n2;2026-11-14;Klotter;61;15;\n"
        upload = SimpleUploadedFile("utanför.csv", text.encode())
        response = client.post(reverse("batch_new"), {"source": source.pk, "file": upload})
        form = {"time": "tid", "category": "typ", "lat": "lat", "lon": "lon", "external_id": "id",
                "timezone": "Europe/Stockholm", "crs": "EPSG:4326", "read": "1"}  # fmt: skip
        client.post(response.url, form)
        batch = Batch.objects.get()
        tasks.read_batch.call(batch.pk)
        asked = client.get(reverse("batch", args=[batch.pk])).content.decode()
        client.post(response.url, {**form, "accept_outside": "on"})
        tasks.read_batch.call(batch.pk)
        batch.refresh_from_db()

        assert "2 av 2 rader" in asked
        assert (batch.status, batch.accepted, batch.outside) == ("accepted", 2, 2)

    def test_a_file_that_cannot_be_used_says_so_and_is_not_kept(
        self, client, person, source, data_folder
    ):
        from django.core.files.uploadedfile import SimpleUploadedFile

        client.force_login(
            person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
        )
        response = client.post(
            reverse("batch_new"),
            {"source": source.pk, "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04\x00\x00")},
        )

        assert "x.xlsx" in response.content.decode()
        assert not Batch.objects.exists()
        assert not list((data_folder / "uploads").iterdir())

    @pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.MEMBER])
    def test_others_do_not_find_it(self, role, client, person, take_in):
        batch = take_in(HEADER + "1;2026-11-14;Klotter;;;\n")
        client.force_login(person(role), "allauth.account.auth_backends.AuthenticationBackend")

        assert client.get(reverse("batch", args=[batch.pk])).status_code == 404

    def test_the_list_costs_the_same_for_1_and_20(
        self, client, person, take_in, django_assert_max_num_queries
    ):
        client.force_login(
            person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
        )
        for n in range(3):
            take_in(HEADER + f"{n};2026-11-14;Klotter;;;\n")
        with django_assert_max_num_queries(8):
            client.get(reverse("batches"))


@pytest.mark.django_db
def test_a_category_is_added_and_then_understood(client, person, take_in):
    client.force_login(
        person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
    )
    client.post(
        reverse("category_new"),
        {"code": "drönare", "label_sv": "Drönare", "label_en": "Drone", "finest": "point"},
    )
    client.post(
        reverse("category_new"),
        {"code": "dronare", "label_sv": "Drönare", "label_en": "Drone", "finest": "point"},
    )
    take_in(HEADER + "1;2026-11-14;drönare;;;\n")

    assert Incident.objects.get().category.code == "dronare"


def test_silence_is_not_zero():
    from samlad.incidents.tables import observed_bins

    totals = np.array([0, 0, 10, 9, 11, 0, 0, 10, 9, 0])

    assert observed_bins(totals).tolist() == [
        False, False, True, True, True, False, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.django_db
def test_notices_of_other_municipalities_and_counties_are_outside(town, take_in, source):
    notices = Source.objects.create(
        municipality=town, owner=source.owner, code="polisen", name="Polisen", kind="notices"
    )
    event = '{{"id": {0}, "datetime": "2026-02-12 7:20:00 +01:00", "type": "Brand", "name": "12 februari 07.10, Brand, {1}", "location": {{"name": "{2}"}}}}\n'
    places = [("Bjuv", "Skåne län"), ("Skåne län", "Skåne län"), ("Klippan", "Klippan"),
              ("Värmlands län", "Värmlands län")]  # fmt: skip

    take_in("".join(event.format(n, *place) for n, place in enumerate(places)), into=notices)

    rows = Incident.objects.order_by("row_number")
    assert [row.position for row in rows] == ["area", "unplaced", "outside", "outside"]
