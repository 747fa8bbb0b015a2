"""How many a team is, month by month; a week written line by line."""

import base64
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from samlad.activities import actions, queries
from samlad.activities.models import Activity, ActivityKind, Staffing
from samlad.authorization.permissions import Role
from tests.cast import NOON, make_organisation
from tests.incidents.conftest import signed_in  # noqa: F401

OCTOBER = date(2022, 10, 1)


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def team(town):
    return make_organisation(town, "Fältgruppen", "kultur-fritid")


class TestStaffing:
    """Planned and actual, with what a part is especially for (C13)."""

    def test_four_are_there_and_the_fifth_is_for_parents(self, team, coordinator):
        how = {"organisation_id": team.pk, "month": OCTOBER, "by": coordinator, "now": NOON}
        actions.staff(planned=5, actual=3, **how)
        actions.staff(planned=5, actual=4, **how)  # said again
        actions.staff(planned=1, actual=0, speciality="föräldrastöd", **how)
        rows = queries.staffing(coordinator)

        assert [(one.speciality, one.planned, one.actual) for one in rows] == [
            ("", 5, 4), ("föräldrastöd", 1, 0),
        ]  # fmt: skip
        assert queries.staffing_trend(coordinator) == [(OCTOBER, 5, 4)]

    def test_a_team_that_says_nothing_does_not_vanish_from_the_trend(self, team, town, coordinator):
        hosts = make_organisation(town, "Värdarna", "samhallsbyggnad")
        for organisation, month, actual in (
            (team, OCTOBER, 4), (hosts, OCTOBER, 2), (hosts, date(2022, 11, 1), 3),
        ):  # fmt: skip
            actions.staff(
                organisation_id=organisation.pk, month=month, planned=5, actual=actual,
                by=coordinator, now=NOON,
            )  # fmt: skip

        assert [actual for _m, _p, actual in queries.staffing_trend(coordinator)] == [6, 7]

    def test_it_is_said_by_the_team_alone_and_on_the_page(self, team, town, person, signed_in):  # noqa: F811
        other = person(Role.FIELD_WORKER, make_organisation(town, "Gatan", "samhallsbyggnad"))
        with pytest.raises(PermissionDenied):
            actions.staff(
                organisation_id=team.pk, month=OCTOBER, planned=1, actual=1, by=other, now=NOON
            )
        client = signed_in(Role.FIELD_WORKER, team)
        sent = {"organisation": team.pk, "month": "2022-10", "planned": 5, "actual": 4}
        shown = client.post(reverse("staffing"), sent, follow=True).content.decode()

        assert Staffing.objects.get().month == OCTOBER
        assert "2022-10" in shown


class TestWeek:
    """Several lines at once, each once; last week's are proposed again."""

    @pytest.fixture
    def worker(self, team, signed_in):  # noqa: F811
        return signed_in(Role.FIELD_WORKER, team)

    @staticmethod
    def lines(page):
        """Return what an untouched table would send."""
        sent = dict(re.findall(r'name="(rad\d+-key)" value="([^"]+)"', page))
        names = {name.split("-")[0] for name in sent}
        return sent | {f"{name}-on": "" for name in names}

    def test_lines_are_logged_once_and_proposed_the_week_after(self, worker):
        monday = timezone.localdate() - timedelta(timezone.localdate().weekday() + 14)
        page = f"{reverse('activity_week')}?vecka={monday}"
        sent = self.lines(worker.get(page).content.decode())
        sent |= {name: monday.isoformat() for name in sent if name.endswith("-on")}
        kind = ActivityKind.objects.get(code="medborgardialog")
        sent |= {"rad0-kind": kind.pk, "rad0-what": "Torget", "rad0-participants": "12",
                 "rad3-kind": kind.pk, "rad3-on": str(monday + timedelta(3))}  # fmt: skip
        worker.post(page, sent)
        worker.post(page, sent)  # sent twice is once

        assert Activity.objects.count() == 2
        after = worker.get(f"{reverse('activity_week')}?vecka={monday + timedelta(7)}&som=forra")
        assert after.content.decode().count('value="Torget"') == 1
        assert re.search(rf'value="{monday + timedelta(10)}" selected', after.content.decode())

    def test_a_line_without_a_sort_is_asked_about(self, worker):
        page = reverse("activity_week")
        sent = self.lines(worker.get(page).content.decode())
        sent |= {name: timezone.localdate().isoformat() for name in sent if name.endswith("-on")}
        answer = worker.post(page, sent | {"rad1-what": "Något"})

        assert "Välj slaget" in answer.content.decode()
        assert not Activity.objects.exists()

    def test_it_is_for_those_who_log(self, signed_in):  # noqa: F811
        assert signed_in(Role.LEADER).get(reverse("activity_week")).status_code == 404


def test_a_file_with_a_name_is_asked_about(db, tmp_path):
    from samlad.activities import activity_file
    from samlad.activities.activity_file import Names

    path = tmp_path / "file.csv"
    path.write_text("datum;slag;rubrik\n2026-01-02;nyhetsbrev;Samtal med Kevin Andersson\n")
    names = Names({one.code: one for one in ActivityKind.objects.all()}, {}, {}, {})
    rows, faults = activity_file.read(path, names, name="f", today=date(2026, 2, 1), scope="1")

    assert rows == []
    assert "peka ut en person" in faults[0][1]


class TestFile:
    """Looked at first, taken in once, rejected rows come back, the whole undone."""

    CONTENT = (
        "datum;slag;rubrik\n2026-01-02;nyhetsbrev;Ett\n2026-01-03;nyhetsbrev;Två\n2026-13-01;x;=1\n"
    )

    def send(self, client, team, **more):
        file = SimpleUploadedFile("fil.csv", self.CONTENT.encode())
        sent = {"organisation": team.pk, "file": file, **more}
        return client.post(reverse("activities_take_in"), sent)

    def test_it_is_looked_at_taken_in_and_undone(self, team, signed_in):  # noqa: F811
        client = signed_in(Role.FIELD_WORKER, team)
        looked = self.send(client, team, look="1").content.decode()
        assert not Activity.objects.exists()
        taken = self.send(client, team)
        again = self.send(client, team, look="1").content.decode()
        rejected = base64.b64decode(taken.context["rejected"]).decode("utf-8-sig")

        assert "Nya: 2" in looked
        assert "redan sparade: 2" in again
        assert "'=1" in rejected.splitlines()[1]
        assert "2026-13-01" in rejected
        client.post(reverse("activities_undo", args=[taken.context["taken"]]))
        assert Activity.objects.filter(removed_at=None).count() == 0
        assert Activity.objects.count() == 2  # kept, and counted nowhere

    def test_another_s_file_is_not_undone(self, team, town, signed_in):  # noqa: F811
        taken = self.send(signed_in(Role.FIELD_WORKER, team), team).context["taken"]
        school = make_organisation(town, "Skolan", "skola")
        answer = signed_in(Role.REPORTER, school).post(reverse("activities_undo", args=[taken]))

        assert answer.status_code == 403
        assert Activity.objects.filter(removed_at=None).count() == 2
