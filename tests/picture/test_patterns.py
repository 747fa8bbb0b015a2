"""What emerges, what repeats, dense places and hours: planted, absent, and under one budget."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from samlad.authorization.permissions import Role
from samlad.incidents import tables
from samlad.incidents.tables import AreaLabel, CategoryLabel, SourceLabel
from samlad.picture import dense, emerging, memo, repeating, sentences
from samlad.picture.compiling import Inputs, compile_picture
from samlad.picture.periods import Cadence, Period
from samlad.picture.testing import SourceTest

PERIOD = Period(Cadence.WEEK, date(2026, 11, 16), date(2026, 11, 23))
END = PERIOD.ends_before.toordinal()
AREAS = (
    AreaLabel("1260", "Bjuvs kommun"), AreaLabel("bjuv", "Bjuv", 0),
    AreaLabel("ekeby", "Ekeby", 0),
)  # fmt: skip
CATEGORIES = (
    CategoryLabel("anlagd-brand", "Anlagd brand", True),
    CategoryLabel("bostadsinbrott", "Bostadsinbrott"),
    CategoryLabel("klotter", "Klotter"),
)
BURGLARY, GRAFFITI = 1, 2


def incidents(rng, n, category):
    """Return x, y, day and category of incidents without any pattern over a year."""
    return np.column_stack(
        [rng.uniform(0, 6000, (n, 2)), END - 1 - rng.integers(0, 364, n), np.full(n, category)]
    )


def table(rows, *, period=PERIOD, weeks=80):
    """One source whose counts are those of its points, Bjuv to the west and Ekeby to the east."""
    bins = period.bins(period.ends_before - timedelta(7 * weeks))
    x, y, day, category = rows.T
    area = np.where(x < 3000, 1, 2)
    made = tables.build(
        source=SourceLabel("polis", "Polisanmälningar", "reports", True, ("abc",)),
        areas=AREAS, categories=CATEGORIES, bins=bins, area=area,
        category=category.astype(int), bin_=bins.index_of(day.astype(int)),
        number=np.ones(len(rows), int), hours=np.zeros((3, 7, 24)),
        points=tables.points(
            x_m=x, y_m=y, day=day.astype(int), category=category.astype(int), area=area
        ),
    )  # fmt: skip
    # the year before the points: the same pace, so that the history is long enough
    counts = made.counts.copy()
    counts[:, :, : len(bins) - 52] = counts[:, :, len(bins) - 52 :].mean(axis=2, keepdims=True)
    return tables.CountTable(
        **{**made.__dict__, "counts": counts, "observed": np.ones(weeks, bool)}
    )


def picture(*made):
    return compile_picture(
        Inputs({"code": "1260", "name": "Bjuvs kommun"}, PERIOD, made, [], seed=1, county="12")
    )


def planted_graffiti(rng):
    """Eight incidents at one corner in the last two weeks, among 200 of a year."""
    corner = np.column_stack(
        [rng.uniform(4000, 4200, (8, 2)), END - 1 - rng.integers(0, 14, 8), np.full(8, GRAFFITI)]
    )
    return np.vstack([incidents(rng, 200, GRAFFITI), corner])


class TestWhatEmerges:
    def test_a_cluster_of_the_last_weeks_is_found_with_its_recurrence(self):
        found = picture(table(planted_graffiti(np.random.default_rng(1))))

        (finding,) = [one for one in found["findings"] if one["kind"] == "emerging"]
        assert finding["area"]["name"] == "Ekeby"
        assert finding["method"] == "space_time_scan"
        assert finding["observed"] >= 7
        assert finding["upper"] < finding["observed"]
        assert finding["parameters"]["recurrence_weeks"] == pytest.approx(
            1 / finding["p"], rel=1e-5
        )
        assert "Klotter nära Ekeby" in finding["sentence"]
        assert "För sig ger slumpen en så stark anhopning ungefär en gång på" in finding["sentence"]
        assert "sannolikhet" not in finding["sentence"]

    def test_a_search_in_vain_is_counted_in_the_budget(self):
        rows = incidents(np.random.default_rng(2), 200, GRAFFITI)

        found = emerging.emerging(
            SourceTest(table(rows), PERIOD, county="12"), np.random.default_rng(1)
        )

        assert [one.category for one in found] == [GRAFFITI]
        assert found[0].p > 0.05

    def test_fewer_than_fifty_located_incidents_are_not_searched(self):
        rows = planted_graffiti(np.random.default_rng(1))[-49:]

        test = SourceTest(table(rows), PERIOD, county="12")

        assert emerging.emerging(test, np.random.default_rng(1)) == []


class TestWhatRepeats:
    def repeats(self, rng):
        """150 burglaries, 40 of which are followed by one next door within a week."""
        rows = incidents(rng, 150, BURGLARY)
        after = rows[:40] + np.column_stack([rng.uniform(0, 80, (40, 2)), rng.integers(1, 7, 40),
                                             np.zeros(40)])  # fmt: skip
        after[:, 2] = np.minimum(after[:, 2], END - 1)
        return np.vstack([rows, after])

    def test_burglaries_that_follow_each_other_are_found_and_no_dwelling_named(self):
        found = picture(table(self.repeats(np.random.default_rng(3))))

        (finding,) = [one for one in found["findings"] if one["kind"] == "near_repeat"]
        assert finding["method"] == "knox"
        assert finding["observed"] > finding["upper"]
        assert "par inom 300 m och 14 dagar" in finding["sentence"]
        assert "till och med 6 december" in finding["sentence"]
        assert "(ruta " in finding["sentence"]
        for one in finding["parameters"]["watch"]:
            assert all(isinstance(part, int) for part in one["cell"])
            assert one["area"] in {"Bjuv", "Ekeby"}

    def test_only_what_is_like_burglary_and_often_enough_is_tested(self):
        rng = np.random.default_rng(4)
        graffiti = self.repeats(rng)
        graffiti[:, 3] = GRAFFITI
        few = self.repeats(rng)[-49:]

        for rows in (graffiti, few):
            test = SourceTest(table(rows), PERIOD, county="12")
            assert repeating.repeating(test, np.random.default_rng(1)) == []

    def test_words_of_other_files_are_known(self):
        assert repeating.is_burglary("Break and Enter", "Break and Enter")
        assert not repeating.is_burglary("narkotika", "Narkotika")


class TestDensePlaces:
    def test_they_are_listed_without_a_certainty_word(self):
        rng = np.random.default_rng(5)
        square = np.column_stack(
            [rng.normal(1000, 20, (30, 2)), END - 1 - rng.integers(0, 364, 30),
             np.full(30, GRAFFITI)]
        )  # fmt: skip
        found = picture(table(np.vstack([incidents(rng, 100, GRAFFITI), square])))

        (place,) = found["places"]
        assert place["area"]["name"] == "Bjuv"
        assert place["cell"] in ([3, 3], [3, 4], [4, 3], [4, 4])
        assert 25 <= place["incidents"] <= 33
        assert place["categories"][0]["label"] == "Klotter"
        assert not place.keys() & {"certainty", "p", "q"}
        (row,) = memo.memo(found, areas=[]).places
        assert row.cell.count(":") == 1

    def test_dwelling_burglaries_are_left_out(self):
        rng = np.random.default_rng(6)
        rows = np.column_stack(
            [rng.normal(1000, 20, (30, 2)), END - 1 - rng.integers(0, 364, 30),
             np.full(30, BURGLARY)]
        )  # fmt: skip

        assert dense.places(SourceTest(table(rows), PERIOD, county="12")) == []


class TestHours:
    def test_an_incident_between_two_times_is_spread_over_its_hours(self):
        hours = np.zeros((2, 7, 24))

        tables.add_hours(
            hours, np.array([0, 1]), np.array([6, 0]), np.array([23.0, 8.5]), np.array([2.0, 0.0])
        )

        assert hours[0, 6, 23] == pytest.approx(0.5)
        assert hours[0, 0, 0] == pytest.approx(0.5)
        assert hours[1, 0, 8] == 1
        assert hours.sum() == pytest.approx(2)

    def test_an_interval_of_a_week_says_nothing_of_the_hour(self):
        start = datetime(2026, 11, 16, 22)

        assert tables.span_hours(start, start + timedelta(days=8)) == 0
        assert tables.span_hours(start, None) == 0
        assert tables.span_hours(start, start + timedelta(hours=9)) == 9


class TestOneBudget:
    def test_the_same_rows_in_another_order_give_the_same_bytes(self):
        rows = planted_graffiti(np.random.default_rng(1))
        other = rows[np.random.default_rng(9).permutation(len(rows))]

        assert picture(table(rows))["hash"] == picture(table(other))["hash"]

    def test_a_search_has_more_of_the_budget_than_a_series_and_all_have_one_on_average(self):
        found = picture(table(planted_graffiti(np.random.default_rng(1))))

        (finding,) = [one for one in found["findings"] if one["kind"] == "emerging"]
        assert finding["weight"] >= 1
        assert finding["q"] >= finding["p"] / finding["weight"]

    def test_english_is_rendered_from_the_same_fields(self):
        found = picture(
            table(planted_graffiti(np.random.default_rng(1))),
        )
        (finding,) = [one for one in found["findings"] if one["kind"] == "emerging"]

        english = sentences.finding_sentence(finding, found["tested"]["series"], "en")

        assert "near Ekeby" in english
        assert "By itself, chance gives so strong a cluster about once in" in english


@pytest.mark.django_db
class TestMethodPages:
    def test_everyone_signed_in_reads_how_it_is_tested(self, client, town, person):
        for role in Role:
            client.force_login(person(role))
            assert client.get(reverse("methods")).status_code == 200
            page = client.get(reverse("method", args=["near-repeats"]))
            assert "Knox" in page.content.decode()
            assert client.get(reverse("method", args=["nothing"])).status_code == 404

    def test_a_stranger_is_asked_to_sign_in(self, client):
        assert client.get(reverse("methods")).status_code == 302
