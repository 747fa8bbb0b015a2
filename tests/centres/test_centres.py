"""Safety centres: hours and closures, no double booking, visits in bands."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import ValidationError
from django.urls import reverse
from django.utils import timezone

from samlad.authorization.permissions import Role
from samlad.centres import actions, queries
from samlad.centres.forms import spans
from samlad.centres.models import Booking, Centre, Closure, Topic
from samlad.centres.rules import NotAllowed, Reason
from samlad.guard.refusing import PersonalData
from tests.cast import NOON, make_organisation
from tests.incidents.conftest import signed_in  # noqa: F401

MONDAY = date(2026, 11, 16)
HOURS = [(0, time(9), time(12)), (0, time(13), time(17)), (3, time(15), time(19))]


@pytest.fixture
def coordinator(person):
    return person(Role.COORDINATOR)


@pytest.fixture
def save(town, coordinator):
    """Return a saver of centres."""

    def make(**how):
        return actions.save_centre(
            **{"organisation_id": town.process_authority_id, "name": "Trygghetscenter Bro",
               "address": "Köpmanvägen 2", "covers": "hela kommunen", "about": "", "hours": HOURS,
               "by": coordinator, "now": NOON} | how
        )  # fmt: skip

    return make


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9-12, 13.30-17", [(time(9), time(12)), (time(13, 30), time(17))]),
        ("08:00–16:30", [(time(8), time(16, 30))]),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(text, found):
    assert spans(text) == found


@pytest.mark.parametrize("text", ["stängt", "9", "25-26", "9-12;13-17", "9--12"])
def test_other_words_get_a_sentence(text):
    with pytest.raises(ValidationError):
        spans(text)


class TestHours:
    """A closure goes before the hours, both its days inside."""

    def test_a_day_has_its_spans_or_its_reason(self, save, coordinator):
        centre = save()
        actions.close(
            centre_id=centre.pk, starts_on=MONDAY + timedelta(3), ends_on=MONDAY + timedelta(7),
            reason="Pandemi", by=coordinator, now=NOON,
        )  # fmt: skip
        found = queries.find(coordinator, centre.pk)

        assert queries.day(found, MONDAY).spans == ("09:00–12:00", "13:00–17:00")
        assert queries.day(found, MONDAY + timedelta(1)).spans == ()
        assert queries.day(found, MONDAY + timedelta(3)).closed == "Pandemi"
        assert queries.day(found, MONDAY + timedelta(7)).closed == "Pandemi"
        assert queries.day(found, MONDAY + timedelta(10)).spans == ("15:00–19:00",)
        assert queries.coming_closures(found, MONDAY + timedelta(8)) == []

    @pytest.mark.parametrize(
        ("hours", "reason"),
        [([(0, time(9), time(9))], Reason.PERIOD),
         ([(0, time(9), time(12)), (0, time(11), time(13))], Reason.OVERLAP)],
    )  # fmt: skip
    def test_hours_have_length_and_do_not_overlap(self, hours, reason, save):
        with pytest.raises(NotAllowed) as refusal:
            save(hours=hours)
        assert refusal.value.reason == reason

    def test_the_database_holds_it_too(self, save):
        centre = save()
        with pytest.raises(IntegrityError), transaction.atomic():
            Closure.objects.create(
                centre=centre, starts_on=MONDAY, ends_on=MONDAY - timedelta(1), reason="x"
            )

    def test_names_are_refused(self, save):
        with pytest.raises(PersonalData):
            save(about="Fråga efter 19900101-2385")
        assert not Centre.objects.exists()


class TestBooking:
    """Two bookings do not overlap; touching is no overlap; what was called off is free."""

    def test_it_is_booked_once(self, save, town, coordinator):
        centre, start = save(), datetime(2026, 12, 1, 18, tzinfo=timezone.get_current_timezone())
        how = {"centre_id": centre.pk, "organisation": town.process_authority, "what": "Möte",
               "by": coordinator, "now": NOON}  # fmt: skip
        first = actions.book(starts_at=start, ends_at=start + timedelta(hours=2), **how)
        actions.book(
            starts_at=start + timedelta(hours=2), ends_at=start + timedelta(hours=3), **how
        )
        with pytest.raises(NotAllowed) as refusal:
            actions.book(
                starts_at=start + timedelta(hours=1), ends_at=start + timedelta(hours=4), **how
            )
        assert refusal.value.reason == Reason.BOOKED
        actions.call_off(centre_id=centre.pk, booking_id=first.pk, by=coordinator, now=NOON)
        actions.book(starts_at=start, ends_at=start + timedelta(hours=1), **how)

        assert Booking.objects.filter(called_off_at=None).count() == 2
        assert len(queries.bookings(centre, NOON)) == 2

    @pytest.mark.parametrize(
        ("start", "hours", "reason"),
        [(-40, 1, Reason.PERIOD), (24, 100, Reason.PERIOD), (48, 2, Reason.CLOSED)],
    )
    def test_the_past_whole_days_and_closed_days_are_refused(
        self, start, hours, reason, save, town, coordinator
    ):
        centre, begins = save(), NOON + timedelta(hours=start)
        day = timezone.localdate(NOON + timedelta(hours=48))
        actions.close(
            centre_id=centre.pk, starts_on=day, ends_on=day, reason="x", by=coordinator, now=NOON
        )
        with pytest.raises(NotAllowed) as refusal:
            actions.book(
                centre_id=centre.pk, organisation=town.process_authority, what="Möte",
                starts_at=begins, ends_at=begins + timedelta(hours=hours), by=coordinator, now=NOON,
            )  # fmt: skip
        assert refusal.value.reason == reason

    def test_another_municipality_s_organisation_is_refused(self, save, other_town, coordinator):
        with pytest.raises(NotAllowed) as refusal:
            actions.book(
                centre_id=save().pk, organisation=other_town.process_authority, what="Möte",
                starts_at=NOON, ends_at=NOON + timedelta(hours=1), by=coordinator, now=NOON,
            )  # fmt: skip
        assert refusal.value.reason == Reason.ELSEWHERE


class TestVisits:
    """Counted by topic in bands; counted again they are replaced."""

    def test_bands_add_to_an_interval(self, save, coordinator):
        centre = save()
        for day, counts in (
            (MONDAY, {Topic.CRIME: 9}),
            (MONDAY, {Topic.CRIME: 3, Topic.TRAFFIC: 12}),  # the same day again
            (MONDAY + timedelta(1), {Topic.CRIME: 2}),
        ):
            actions.count_visits(
                centre_id=centre.pk, on=day, counts=counts, by=coordinator, now=NOON
            )
        told, whole = queries.visits(centre, 2026)

        assert [str(band) for _label, band in told] == ["2–8", "10–19"]
        assert str(whole) == "12–27"

    def test_tomorrow_has_not_been(self, save, coordinator):
        with pytest.raises(NotAllowed):
            actions.count_visits(
                centre_id=save().pk, on=date(2026, 11, 21), counts={}, by=coordinator, now=NOON
            )


class TestPages:
    """Entered, closed, booked and counted on its page; closed to others."""

    def test_from_a_new_centre_to_its_first_visits(self, town, signed_in):  # noqa: F811
        client = signed_in(Role.COORDINATOR)
        wrong = {"name": "Bro", "organisation": town.process_authority_id, "address": "Vägen 1"}
        refused = client.post(reverse("centre_add"), wrong | {"day0": "när som helst"})
        assert "Skriv tiderna som" in refused.content.decode()
        client.post(reverse("centre_add"), wrong | {"day0": "9-12", "day4": "13-15"})
        centre = Centre.objects.get()
        today = timezone.localdate()
        sent = {"starts_on": str(today), "ends_on": str(today), "reason": "Utbildning"}
        client.post(reverse("centre_close", args=[centre.pk]), sent)
        book = {"organisation": town.process_authority_id, "what": "Trygghetsrådet",
                "on": str(today + timedelta(1)), "begins": "18:00", "ends": "20:00"}  # fmt: skip
        client.post(reverse("centre_book", args=[centre.pk]), book)
        twice = client.post(reverse("centre_book", args=[centre.pk]), book)
        visits = {"on": str(today), "topic-trafik": "3"}
        client.post(reverse("centre_visits", args=[centre.pk]), visits)
        shown = client.get(reverse("centre", args=[centre.pk])).content.decode()

        assert twice.status_code == 422
        assert "redan bokat" in twice.content.decode()
        assert "Utbildning" in shown
        assert "1–4" in shown
        changed = client.get(reverse("centre_change", args=[centre.pk])).content.decode()
        assert "09:00-12:00" in changed

    def test_others_neither_change_nor_read_it(self, save, town, person, signed_in):  # noqa: F811
        centre = save()
        school = make_organisation(town, "Skolan", "skola")
        with pytest.raises(PermissionDenied):
            actions.close(
                centre_id=centre.pk, starts_on=MONDAY, ends_on=MONDAY, reason="x",
                by=person(Role.REPORTER, school), now=NOON,
            )  # fmt: skip
        assert signed_in(Role.LEADER).get(reverse("centre", args=[centre.pk])).status_code == 200
        assert signed_in(Role.MEMBER).get(reverse("centres")).status_code == 404
