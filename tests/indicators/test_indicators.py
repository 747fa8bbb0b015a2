"""Indicators: each value with its source, n and day; nothing made surer than it is."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.indicators import actions, comparing, queries, series_file
from samlad.indicators.comparing import Caution
from samlad.indicators.models import Indicator, Value
from samlad.indicators.rules import NotAllowed, Reason
from tests.cast import NOON
from tests.incidents.conftest import signed_in  # noqa: F401

TODAY = date(2026, 11, 20)
FILE = """serie;geografityp;geografi;enhet;slag;riktning;skala_min;skala_max;från;värde;n;svarsfrekvens;preliminär;källa
Problemindex;kommun;Bjuv;index;upplevd;lag;0;6;2021;2,76;;;;polisen.se
Problemindex;kommun;Bjuv;index;upplevd;lag;0;6;2022;1,89;500;57;;polisen.se
Problemindex;kommun;Bjuv;index;upplevd;lag;0;6;2022;1,90;500;57;;bjuv.se
Otrygg kvällstid;kommun;Upplands-Bro;procent;upplevd;lag;;;2020;36;400;;;upplands-bro.se
Otrygg kvällstid;kommun;Upplands-Bro;procent;upplevd;lag;;;2021;32;400;;;upplands-bro.se
Otrygg kvällstid;kommun;Upplands-Bro;procent;upplevd;lag;;;2023;31;400;;ja;upplands-bro.se
Bostadsinbrott;kommun;Båstad;antal;faktisk;lag;;;2018;65;;;;Brå
Bostadsinbrott;kommun;Båstad;antal;faktisk;lag;;;2019;44;;;;Brå
Bostadsinbrott;kommun;Båstad;antal;faktisk;lag;;;2020;22;;;ja;Brå
Fel;kommun;Bjuv;index;upplevd;lag;0;6;2021;7;;;;x
"""


@pytest.fixture
def taken(town, person):
    """The file, taken in by the coordinator."""
    rows, faults = series_file.read(FILE.encode(), today=TODAY)
    assert faults == []
    return actions.take_in(
        organisation_id=town.process_authority_id,
        rows=rows,
        by=person(Role.COORDINATOR),
        now=NOON,
    )


class TestFile:
    """A file of published values, as they were published."""

    def test_values_are_taken_in_once_and_those_off_the_scale_refused(self, town, person, taken):
        number, refused = taken

        assert number == 9
        assert refused[0][0] == 11
        rows, _ = series_file.read(FILE.encode(), today=TODAY)
        again = actions.take_in(
            organisation_id=town.process_authority_id,
            rows=rows,
            by=person(Role.COORDINATOR),
            now=NOON,
        )
        assert again[0] == 0

    def test_a_row_that_is_refused_leaves_no_series(self, town, person):
        head = FILE.split("\n", 1)[0]
        text = f"{head}\nNy;kommun;B;procent;;;;;2021;140;;;;k\n"
        rows, _ = series_file.read(text.encode(), today=TODAY)
        number, refused = actions.take_in(
            organisation_id=town.process_authority_id, rows=rows, by=person(Role.COORDINATOR),
            now=NOON,
        )  # fmt: skip

        assert (number, len(refused)) == (0, 1)
        assert not Indicator.objects.filter(name="Ny").exists()

    def test_a_reversed_scale_is_refused_in_words(self, client, person, town):
        client.force_login(
            person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
        )
        sent = {
            "organisation": town.process_authority_id, "name": "S", "geography_type": "kommun",
            "geography": "B", "unit": "index", "dimension": "upplevd", "direction": "lag",
            "scale_min": "6", "scale_max": "0",
        }  # fmt: skip
        page = client.post("/indikatorer/ny/", sent)

        assert page.status_code == 200
        assert not Indicator.objects.filter(name="S").exists()

    def test_the_same_number_from_two_pages_is_no_other_number(self, taken):
        found = Indicator.objects.get(name="Otrygg kvällstid")
        row = found.values.order_by("starts_on").first()
        row.pk, row.source = None, "En annan sida"
        row.save()

        assert not [one for one in queries.values(found) if one.is_disputed]

    def test_two_numbers_for_one_year_both_stay(self, taken):
        rows = queries.values(Indicator.objects.get(name="Problemindex"))

        assert [(row.value, row.is_disputed) for row in rows] == [
            (2.76, False), (1.90, True), (1.89, True),
        ]  # fmt: skip
        assert all(row.change is None or row.change.is_established is None for row in rows)

    def test_shares_carry_an_interval_and_small_changes_are_chance(self, taken):
        rows = queries.values(Indicator.objects.get(name="Otrygg kvällstid"))

        assert rows[0].interval.half_width == pytest.approx(4.7, abs=0.1)
        assert [row.change.is_established for row in rows[1:]] == [False, False]
        assert Caution.PRELIMINARY in rows[2].change.cautions

    def test_numbers_are_compared_in_percent(self, taken):
        rows = queries.values(Indicator.objects.get(name="Bostadsinbrott"))

        assert [row.change.percent for row in rows[1:]] == [-32.3, -50.0]

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ("P;ort;B;index;;;;;2021;1;;;;k", "kommun"),
            ("P;kommun;B;index;;;;;2021;ett;;;;k", "ett"),
            ("P;kommun;B;index;;;;;i fjol;1;;;;k", "år"),
            (";kommun;B;index;;;;;2021;1;;;;k", "namn"),
            ("P;kommun;B;index;;;;;9999;1;;;;k", "år"),
            ("P;kommun;B;index;;;;;2021;inf;;;;k", "inf"),
            ("P;kommun;B;index;;;;;2021;1;-5;;;k", "svarsfrekvensen"),
        ],
    )
    def test_what_is_wrong_with_a_row_is_said(self, row, words):
        head = FILE.split("\n", 1)[0]
        rows, faults = series_file.read(f"{head}\n{row}\n".encode("cp1252"), today=TODAY)

        assert rows == []
        assert words in faults[0][1]

    def test_a_file_without_its_columns_is_refused(self):
        with pytest.raises(series_file.BadSeriesFile):
            series_file.read(b"a;b\n1;2\n", today=TODAY)


class TestComparing:
    """A comparison is never a triumph."""

    def test_forty_cases_and_seven_police_reports_are_not_compared_lightly(self):
        before = comparing.Observation(
            40, "antal", date(2017, 6, 1), date(2017, 9, 1), "Bjuvs kommun", "fall"
        )
        after = comparing.Observation(
            7, "antal", date(2018, 5, 1), date(2018, 8, 8), "Bjuvs kommun", "polisanmälningar"
        )
        change = comparing.change(before, after)

        assert change.percent == -82.5
        assert Caution.COUNTED_OTHERWISE in change.cautions
        assert change.is_established is None

    def test_different_units_are_not_compared(self):
        one = comparing.Observation(1, "antal", TODAY, date(2027, 1, 1), "k")

        with pytest.raises(ValueError, match="units"):
            comparing.change(one, comparing.Observation(1, "index", TODAY, date(2027, 1, 1), "k"))

    @pytest.mark.parametrize(("n", "half"), [(200, 6.9), (400, 4.9), (500, 4.4)])
    def test_the_interval_is_as_wide_as_the_answers_are_few(self, n, half):
        assert comparing.share_interval(50, n).half_width == pytest.approx(half, abs=0.05)


class TestWho:
    """The coordinator enters; the leader reads; nobody elsewhere sees."""

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.LEADER, Role.REVIEWER])
    def test_only_the_coordinator_enters(self, role, town, person):
        with pytest.raises(PermissionDenied):
            actions.add_indicator(
                organisation_id=town.process_authority_id, name="P", geography_type="kommun",
                geography="Bjuv", unit="index", dimension="upplevd", direction="lag",
                by=person(role), now=NOON,
            )  # fmt: skip

    def test_another_municipality_sees_nothing(self, taken, person, other_town):
        stranger = person(Role.COORDINATOR, other_town.process_authority)

        assert queries.indicators(stranger) == []
        assert queries.find(stranger, Indicator.objects.first().pk) is None

    def test_pages_open_for_those_who_may_and_for_no_others(self, taken, signed_in, town):  # noqa: F811
        pk = Indicator.objects.get(name="Otrygg kvällstid").pk
        for role, status in ((Role.COORDINATOR, 200), (Role.LEADER, 200), (Role.MEMBER, 404)):
            client = signed_in(role)
            assert client.get(reverse("indicators")).status_code == status
            assert client.get(reverse("indicator", args=[pk])).status_code == status

    def test_a_value_is_added_on_the_page(self, taken, signed_in):  # noqa: F811
        one = Indicator.objects.get(name="Otrygg kvällstid")
        client = signed_in(Role.COORDINATOR)
        sent = {"value": "29,5", "starts_on": "2024-01-01", "ends_on": "2024-12-31",
                "source": "enkäten", "retrieved_on": "2026-11-20", "n": "400"}  # fmt: skip
        client.post(reverse("indicator", args=[one.pk]), sent)
        wrong = client.post(reverse("indicator", args=[one.pk]), sent | {"value": "129"})

        assert Value.objects.filter(indicator=one, value=29.5, ends_before="2025-01-01").exists()
        assert "mellan 0 och 100" in wrong.content.decode()


def test_a_value_off_the_scale_is_refused(taken, person):
    one = Indicator.objects.get(name="Problemindex")
    with pytest.raises(NotAllowed) as refusal:
        actions.add_value(
            indicator_id=one.pk, value=6.1, starts_on=date(2024, 1, 1),
            ends_before=date(2025, 1, 1), source="k", retrieved_on=TODAY,
            by=person(Role.COORDINATOR), now=NOON,
        )  # fmt: skip

    assert refusal.value.reason == Reason.OFF_THE_SCALE
