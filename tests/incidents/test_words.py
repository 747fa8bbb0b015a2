"""Suppliers' own words for categories and places: mapped once, for all rows and files to come."""

import pytest
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.incidents import category_actions, queries
from samlad.incidents.models import Incident, IncidentText
from samlad.places.models import Area, Place
from tests.cast import NOON

HEADER = "id;tid;typ;område;plats;beskrivning\n"


@pytest.mark.django_db
class TestCategoryWords:
    """A word that may name somebody is no word to map: it is a text that waits."""

    def test_it_waits_and_the_row_counts_without_a_category(self, take_in, person, town):
        batch = take_in(HEADER + "1;2026-11-14;Bråk med Kalle Svensson;Södra;;Vid kiosken\n")

        text = IncidentText.objects.get()
        assert (batch.held, batch.unmapped) == (1, 1)
        assert (text.state, text.text) == ("held", "Bråk med Kalle Svensson – Vid kiosken")
        assert queries.unmapped_words(town, person(Role.COORDINATOR)) == []

    def test_a_certain_hit_in_it_leaves_the_innocent_words(self, take_in, person, town):
        batch = take_in(HEADER + "1;2026-11-14;Bråk 850709-9805;Södra;Okända torget;Lugnt nu\n")

        text = IncidentText.objects.get()
        assert batch.removed == 1
        assert (text.state, text.text, text.place_text) == ("shown", "Lugnt nu", "Okända torget")
        assert text.lost
        assert queries.rows_that_lost_words(batch)[0][0] == 2
        assert queries.unmapped_words(town, person(Role.COORDINATOR)) == []


@pytest.mark.django_db
class TestPlaceWords:
    """A place nobody knew is said once; rows that are in and rows to come are put there."""

    @pytest.fixture
    def square(self, town, source):
        return Place.objects.create(
            municipality=town, name="Torget", kind="centrum", x_m=378548.0, y_m=6213359.0
        )

    def rows(self):
        return HEADER + (
            "1;2026-11-14;Klotter;;Stortorget;\n2;2026-11-14;Bostadsinbrott;;stortorget;\n"
            "3;2026-11-14;Våld i nära relationer;;Stortorget;\n4;2026-11-14;Klotter;;Bakgatan;x\n"
        )

    def say(self, town, by, word, **meant):
        return category_actions.map_place(
            municipality_id=town.pk, word=word, by=by, now=NOON,
            **({"place_id": None, "area_id": None} | meant),
        )  # fmt: skip

    def test_all_rows_are_put_there_no_finer_than_their_category_allows(
        self, take_in, square, town, person
    ):
        take_in(self.rows())
        by = person(Role.COORDINATOR)
        assert queries.unknown_places(town, by)[0] == ("Stortorget", 2)

        assert self.say(town, by, "Stortorget", place_id=square.pk) == 3

        found = {r.row_number: (r.position, r.x_m, r.place_fault) for r in Incident.objects.all()}
        assert found[2] == ("place", 378548.0, "")
        assert found[3] == ("point", 378625.0, "")
        assert found[4] == ("area", None, "")
        assert found[5][2] == "unknown_place"
        assert [word for word, _ in queries.unknown_places(town, by)] == ["Bakgatan"]

    def test_files_to_come_know_it(self, take_in, square, town, person):
        by = person(Role.COORDINATOR)
        self.say(town, by, "Stortorget", place_id=square.pk)
        self.say(town, by, "bakgatan", area_id=Area.objects.get(name="Södra").pk)

        take_in(self.rows())

        assert Incident.objects.get(row_number=2).place == square
        assert Incident.objects.get(row_number=5).area.name == "Södra"
        assert not Incident.objects.exclude(place_fault="").exists()

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.REVIEWER, Role.LEADER, None])
    def test_only_those_who_manage_say_it(self, role, square, town, person):
        with pytest.raises(PermissionDenied):
            self.say(town, person(role), "x", place_id=square.pk)

    def test_not_a_place_of_another_municipality(self, square, other_town, town, person):
        theirs = Place.objects.create(
            municipality=other_town, name="Hamnen", kind="park", x_m=1.0, y_m=1.0
        )

        with pytest.raises(Place.DoesNotExist):
            self.say(town, person(Role.COORDINATOR), "x", place_id=theirs.pk)

    def test_the_page_costs_the_same_for_one_word_and_for_many(
        self, take_in, signed_in, town, django_assert_max_num_queries
    ):
        from django.urls import reverse

        client = signed_in(Role.COORDINATOR)
        take_in(HEADER + "1;2026-11-14;Okänd sak;;Okänd plats;\n")
        client.get(reverse("categories"))
        with django_assert_max_num_queries(40) as one:
            client.get(reverse("categories"))
        take_in(
            HEADER
            + "".join(f"{n};2026-11-14;Sak nummer {n};;Plats nummer {n};\n" for n in range(2, 30))
        )
        with django_assert_max_num_queries(len(one.captured_queries)):
            client.get(reverse("categories"))

    def test_a_known_place_is_no_fault_though_its_category_is_coarse(self, take_in, square):
        take_in(HEADER + "1;2026-11-14;Okänd sak;;Torget;\n2;2026-11-14;Klotter;;Torget;\n")

        assert not Incident.objects.exclude(place_fault="").exists()
