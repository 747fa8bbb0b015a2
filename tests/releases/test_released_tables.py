"""Tables of incidents: the four levels, what is of persons and of things, held against the last."""

from datetime import date

import pytest

from samlad.authorization.permissions import Role
from samlad.incidents import actions as incidents
from samlad.incidents.models import Category
from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places.models import AreaKind
from samlad.public.serving import SHELF
from samlad.releases import actions, queries, tables
from samlad.releases.models import ReleasedTable
from samlad.releases.rules import NotAllowed, Reason
from samlad.releases.workflow import ByArea, ByTime
from tests.cast import NOON
from tests.incidents.conftest import take_in  # noqa: F401
from tests.places.test_areas import SQUARES, geojson

YEAR = (date(2025, 1, 1), date(2026, 1, 1))
HEADER = "id;tid;typ;lat;lon\n"
OWN = [square for code, square in SQUARES.items() if code.startswith("1260")]


@pytest.fixture
def source(town, tmp_path):
    place_actions.import_areas(
        municipality_id=town.pk, kind=AreaKind.DISTRICT,
        file=area_files.read(geojson(tmp_path / "areas.geojson")),
        valid_from=date(2018, 1, 1), provenance="test", by=None, now=NOON,
    )  # fmt: skip
    return incidents.add_source(
        owner_id=town.process_authority_id, code="fel", name="Felanmälan", kind="reports",
        by=None, now=NOON,
    )  # fmt: skip


@pytest.fixture
def draft(source, take_in, town, coordinator):  # noqa: F811
    """A year of thefts and of graffiti: three in one district's March, many in all else."""
    actions.name_publisher(
        municipality_id=town.pk, slug="bjuv", editor="Enheten", mailbox="t@bjuv.example",
        phone="", by=coordinator, now=NOON,
    )  # fmt: skip
    rows = [
        (f"2025-{month:02}-{1 + n:02}", what, (south + north) / 2, (west + east) / 2)
        for what in ("Stöld", "Klotter")
        for month in range(1, 13)
        for i, (_name, (west, south, east, north)) in enumerate(OWN)
        for n in range(3 if month == 3 and i == 0 else 9 + i)
    ]
    take_in(HEADER + "".join(f"{n};{d};{w};{y};{x}\n" for n, (d, w, y, x) in enumerate(rows)))

    def make(what, by_area=ByArea.DISTRICT, by_time=ByTime.QUARTER, period=YEAR):
        return actions.draft_table(
            source_id=source.pk, category_id=Category.objects.get(code=what).pk,
            by_area=by_area, by_time=by_time, starts_on=period[0], ends_before=period[1],
            by=coordinator, now=NOON,
        )  # fmt: skip

    return make


def cells(release):
    return [cell for row in release.content["sv"]["rows"] for cell in row["cells"]]


class TestLevels:
    """Municipality or district, month or quarter: fixed, and said in the title."""

    @pytest.mark.parametrize(
        ("by_area", "by_time", "title", "n"),
        [
            (ByArea.DISTRICT, ByTime.QUARTER, "Stöld per kommundel och kvartal", 8),
            (ByArea.DISTRICT, ByTime.MONTH, "Stöld per kommundel och månad", 24),
            (ByArea.MUNICIPALITY, ByTime.QUARTER, "Stöld per kvartal", 4),
            (ByArea.MUNICIPALITY, ByTime.MONTH, "Stöld per månad", 12),
        ],
    )
    def test_each_is_drafted_released_and_read(
        self, draft, by_area, by_time, title, n, releaser, client
    ):
        made = draft("stold", by_area, by_time)
        actions.release_it(release_id=made.pk, by=releaser, now=NOON)
        SHELF.forget()
        page = client.get(f"/oppna-data/bjuv/{made.subject}/").content.decode()

        assert (made.title, len(cells(made))) == (title, n)
        assert "3" not in cells(made)
        assert title in page
        assert client.get(f"/data/bjuv/{made.subject}.csv").status_code == 200

    def test_the_address_says_the_level_but_the_usual(self, draft):
        assert draft("stold").subject.endswith("-202501-202601")
        monthly = draft("stold", ByArea.MUNICIPALITY, ByTime.MONTH)
        assert monthly.subject.endswith("-202501-202601-kommun-manad")

    def test_parts_of_a_month_are_left_out(self, draft):
        made = draft(
            "stold", ByArea.MUNICIPALITY, ByTime.MONTH, (date(2025, 1, 2), date(2025, 4, 30))
        )

        assert made.content["sv"]["columns"] == ["2025-02", "2025-03"]

    def test_what_is_kept_for_the_municipality_alone_has_no_districts(self, draft):
        Category.objects.filter(code="stold").update(finest="municipality")
        with pytest.raises(NotAllowed) as refusal:
            draft("stold")

        assert refusal.value.reason == Reason.PERSON_NEAR
        assert draft("stold", ByArea.MUNICIPALITY).pk


class TestPersonsAndThings:
    """What is near persons hides its small numbers; what happens to things is told as it is."""

    def test_things_are_told_as_they_are(self, draft):
        made = draft("klotter", by_time=ByTime.MONTH)

        assert "3" in cells(made)
        assert tables.HIDDEN not in cells(made)
        assert "Gäller saker" in made.content["sv"]["rule"]

    def test_persons_are_not(self, draft):
        made = draft("stold", by_time=ByTime.MONTH)

        assert tables.HIDDEN in cells(made)
        assert "3" not in cells(made)

    def test_said_to_be_near_persons_after_the_draft_it_is_not_released(self, draft, releaser):
        made = draft("klotter", by_time=ByTime.MONTH)
        Category.objects.filter(code="klotter").update(person_near=True)

        with pytest.raises(NotAllowed) as refusal:
            actions.release_it(release_id=made.pk, by=releaser, now=NOON)
        assert refusal.value.reason == Reason.PERSON_NEAR

    def test_what_was_hidden_is_not_told_when_said_to_be_of_things(self, draft, releaser):
        made = draft("stold", by_time=ByTime.MONTH)
        actions.release_it(release_id=made.pk, by=releaser, now=NOON)
        actions.withdraw(release_id=made.pk, reason="Fel", by=releaser, now=NOON)
        Category.objects.filter(code="stold").update(person_near=False)

        with pytest.raises(NotAllowed) as refusal:
            draft("stold", by_time=ByTime.MONTH)
        assert refusal.value.reason == Reason.DIFFERENCE


class TestHeldAgainstTheLast:
    """Whatever has been released counts, at whatever level, withdrawn too."""

    def test_two_levels_that_give_nothing_away_stand_together(self, draft, releaser):
        for levels in ((ByArea.MUNICIPALITY, ByTime.MONTH), (ByArea.DISTRICT, ByTime.QUARTER)):
            made = draft("stold", *levels)
            actions.release_it(release_id=made.pk, by=releaser, now=NOON)

        assert ReleasedTable.objects.filter(release__status="released").count() == 2

    def test_a_shorter_period_of_another_level_gives_no_difference(self, draft, releaser):
        whole = draft("stold")
        actions.release_it(release_id=whole.pk, by=releaser, now=NOON)
        two = (date(2025, 1, 1), date(2025, 3, 1))  # all of the quarter but the month with three

        with pytest.raises(NotAllowed) as refusal:
            draft("stold", ByArea.DISTRICT, ByTime.MONTH, two)
        assert refusal.value.reason == Reason.DIFFERENCE

    def test_a_late_report_between_draft_and_release_stops_it(self, draft, take_in, releaser):  # noqa: F811
        made = draft("stold", by_time=ByTime.MONTH)
        take_in(HEADER + "ny;2025-03-20;Stöld;56.05;13.05\n")

        with pytest.raises(NotAllowed) as refusal:
            actions.release_it(release_id=made.pk, by=releaser, now=NOON)
        assert refusal.value.reason == Reason.CHANGED


def test_the_page_offers_the_levels(draft, client, person, source):
    client.force_login(
        person(Role.COORDINATOR), "allauth.account.auth_backends.AuthenticationBackend"
    )
    sent = {
        "source": source.pk, "category": Category.objects.get(code="stold").pk,
        "by_area": "municipality", "by_time": "month",
        "starts_on": "2025-01-01", "ends_on": "2025-12-31",
    }  # fmt: skip

    assert "hela kommunen" in client.get("/slapp/tabell/").content.decode()
    made = client.post("/slapp/tabell/", sent, follow=True)
    assert "Stöld per månad" in made.content.decode()
    assert client.post("/slapp/tabell/", sent | {"by_area": "kvarter"}).status_code == 200
    assert ReleasedTable.objects.count() == 1


def test_the_second_person_reads_the_words_in_both_languages_and_no_list_of_numbers(draft):
    words = dict(queries.word_by_word(draft("stold")))

    assert {"Norra", "Södra"} < set(words["sv"])
    assert "Theft by district and quarter" in words["en"]
    assert not [line for lines in words.values() for line in lines if line.isdecimal()]
