"""From speed measurements to a ranked list, handed over, and what came back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from samlad.activities import actions as activities
from samlad.activities.actions import Entry
from samlad.activities.models import ActivityKind
from samlad.authorization.permissions import Role
from samlad.indicators import actions as indicators
from samlad.indicators import speed_file
from samlad.indicators.models import SpeedMeasurement
from samlad.indicators.rules import NotAllowed as NotTaken
from samlad.indicators.speed_file import BadSpeedFile, Speed
from samlad.measures import traffic, traffic_actions, traffic_queries
from samlad.measures.rules import NotAllowed, Reason
from samlad.measures.traffic import Measured
from samlad.places.models import Place
from tests.cast import NOON, make_organisation
from tests.incidents.conftest import signed_in  # noqa: F401

TODAY = date(2026, 11, 20)


@pytest.fixture
def streets(town):
    return [
        Place.objects.create(municipality=town, name=name, kind="vag", x_m=376_000, y_m=6_215_000)
        for name in ("Storgatan", "Skolvägen", "Ringleden")
    ]


@pytest.fixture
def police(town):
    return make_organisation(town, "Lokalpolisområdet", "polis")


@pytest.fixture
def measure(town, coordinator):
    """Return a taker of measurements."""

    def make(place, share, mean=40.0, on=date(2026, 9, 7), vehicles=1200, by=coordinator):
        return indicators.measure_speed(
            organisation_id=town.process_authority_id,
            one=Speed(place, on, on + timedelta(7), 40, mean, None, share, vehicles),
            by=by, now=NOON, today=TODAY,
        )  # fmt: skip

    return make


measured = st.builds(
    Measured,
    place_id=st.integers(1, 50),
    place=st.text("abcåäö", min_size=1, max_size=4),
    on=st.dates(date(2024, 6, 1), TODAY),
    limit_kmh=st.sampled_from([30, 40, 50]),
    mean_kmh=st.floats(20, 70),
    share_over=st.floats(0, 100),
    vehicles=st.integers(1, 3000),
)


@given(
    st.lists(measured, max_size=12, unique_by=lambda one: (one.place, one.place_id)), st.randoms()
)
def test_the_order_hangs_on_the_measurements_alone(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    ranked = traffic.rank(rows, today=TODAY)
    shares = [one.measured.share_over for one in ranked]

    keys = [(one.measured.share_over, one.measured.place) for one in ranked]
    again = traffic.rank(shuffled, today=TODAY)
    assert [(o.measured.share_over, o.measured.place) for o in again] == keys
    assert shares == sorted(shares, reverse=True)
    assert all(one.measured.vehicles >= traffic.VEHICLES_AT_LEAST for one in ranked)
    assert [one.rank for one in ranked] == list(range(1, len(ranked) + 1))


class TestMeasuring:
    """Entered or from a file; the same place and day again replaces; what cannot be is said."""

    def test_again_replaces(self, measure, streets):
        measure(streets[0], 50.0)
        measure(streets[0], 55.0)

        assert SpeedMeasurement.objects.get().share_over == 55.0

    @pytest.mark.parametrize(
        "wrong",
        [{"share": 101.0}, {"mean": 0.0}, {"mean": 400.0}, {"vehicles": 0},
         {"on": TODAY + timedelta(1)}],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, wrong, measure, streets):
        with pytest.raises(NotTaken):
            measure(streets[0], **{"share": 20.0, **wrong})

    def test_a_file_names_what_it_cannot_read(self, town, streets, tmp_path):
        path = tmp_path / "matningar.csv"
        path.write_text(
            "plats;från;gräns;medel;andel över;fordon\n"
            "storgatan;2026-09-07;40;44,5;61,2 %;1 450\n"
            "Okänd väg;2026-09-07;40;44;61;1450\n"
            "Skolvägen;2026-09-07;40;fort;61;1450\n"
            "Skolvägen;2026-09-07;42;44;61;1450\n"
        )
        rows, faults = speed_file.read(path, town, name="matningar.csv", today=TODAY)

        assert [(one.place.name, one.mean_kmh, one.vehicles) for one in rows] == [
            ("Storgatan", 44.5, 1450)
        ]
        assert [number for number, _why in faults] == [3, 4, 5]
        path.write_text("a;b\n1;2\n")
        with pytest.raises(BadSpeedFile):
            speed_file.read(path, town, name="matningar.csv", today=TODAY)


class TestList:
    """Ranked by the rule, frozen, handed over, and back with controls and new speeds."""

    @pytest.fixture
    def ranked(self, measure, streets, town, coordinator):
        measure(streets[0], 40.0)
        measure(streets[1], 61.0)
        measure(streets[2], 99.0, vehicles=50)  # too few to rank
        return traffic_actions.rank_places(municipality_id=town.pk, by=coordinator, now=NOON)

    def test_it_is_frozen(self, ranked, measure, streets):
        measure(streets[0], 90.0, on=date(2026, 10, 5))
        ranked.refresh_from_db()

        assert [(row["rank"], row["place"]) for row in ranked.rows] == [
            (1, "Skolvägen"), (2, "Storgatan"),
        ]  # fmt: skip

    def test_what_was_not_measured_is_not_ranked(self, town, coordinator):
        with pytest.raises(NotAllowed) as refusal:
            traffic_actions.rank_places(municipality_id=town.pk, by=coordinator, now=NOON)
        assert refusal.value.reason == Reason.NOT_MEASURED

    def test_the_police_read_it_once_it_is_theirs_and_controls_come_back(
        self, ranked, streets, police, coordinator, person, town
    ):
        liaison = person(Role.POLICE_LIAISON, police)
        assert traffic_queries.lists(liaison) == []
        how = {"list_id": ranked.pk, "organisation_id": police.pk, "by": coordinator, "now": NOON}
        traffic_actions.hand_over(reference="KS 2026/7", **how)
        with pytest.raises(NotAllowed):
            traffic_actions.hand_over(reference="", **how)
        with pytest.raises(PermissionDenied):
            traffic_actions.rank_places(municipality_id=town.pk, by=liaison, now=NOON)
        kind = ActivityKind.objects.get(code="trafikkontroll")
        for on in (TODAY, TODAY - timedelta(1)):  # the second was before the list was handed over
            activities.log(
                organisation_id=police.pk, key=uuid4(),
                entry=Entry(kind=kind, on=on, place=streets[1], controls=40, reports=6),
                by=liaison, now=NOON,
            )  # fmt: skip
        first, second = traffic_queries.rows(ranked, coordinator)

        assert traffic_queries.lists(liaison) == [ranked]
        assert (first.occasions, first.controls, first.reports) == (1, 40, 6)
        assert second.occasions == 0

    def test_a_new_measurement_stands_beside_as_the_outcome(
        self, ranked, streets, measure, coordinator, town
    ):
        ranked.made_on = date(2026, 9, 20)
        ranked.save(update_fields=["made_on"])
        measure(streets[1], 44.0, on=date(2026, 10, 5))
        first, second = traffic_queries.rows(ranked, coordinator)

        assert first.after.share_over == 44.0
        assert second.after is None

    def test_pages(self, measure, streets, town, police, signed_in):  # noqa: F811
        client = signed_in(Role.COORDINATOR)
        empty = client.post(reverse("traffic_rank"), follow=True).content.decode()
        assert "Ingen plats är mätt" in empty
        sent = {"place": streets[0].pk, "starts_on": "2026-09-07", "ends_on": "2026-09-13",
                "limit_kmh": "40", "mean_kmh": "44.5", "share_over": "61", "vehicles": "900"}  # fmt: skip
        client.post(reverse("speeds"), sent)
        made = client.post(reverse("traffic_rank"), follow=True)
        page = made.redirect_chain[-1][0]
        client.post(page, {"organisation": police.pk, "reference": "KS 2026/7"})
        shown = client.get(page).content.decode()
        content = client.get(f"{page}?format=csv").content.decode("utf-8-sig")

        assert "KS 2026/7" in shown
        assert content.splitlines()[1] == "1;Storgatan;2026-09-07;40;44,5;61,0;900"
        school = make_organisation(town, "Skolan", "skola")
        assert signed_in(Role.REPORTER, school).get(page).status_code == 404
