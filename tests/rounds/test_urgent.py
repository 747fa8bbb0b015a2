"""Urgent is off until a duty list exists, and says so outside its hours."""

from datetime import time

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from samlad.authorization.permissions import Role
from samlad.rounds import phone_lists, urgent
from samlad.rounds.models import UrgentReport
from tests.rounds.conftest import at

FRIDAY_NIGHT, SATURDAY_SMALL_HOURS = at("2026-11-20", "23:00"), at("2026-11-21", "02:00")
SUNDAY = at("2026-11-22", "12:00")


@pytest.fixture
def duty(town, person):
    """A coordinator on duty Friday from 20 to 04."""
    coordinator = person(Role.COORDINATOR)
    urgent.add_duty(
        municipality_id=town.pk,
        user_id=coordinator.pk,
        weekday=4,
        starts_at=time(20),
        ends_at=time(4),
        by=coordinator,
        now=SUNDAY,
    )
    return coordinator


def test_without_a_duty_list_nothing_is_urgent(week, expected, report):
    incident = report(expected["Skolan"])

    assert urgent.tell(incident=incident, by=expected["Skolan"], now=FRIDAY_NIGHT) is None
    (own,) = phone_lists.lists(expected["Skolan"], now=FRIDAY_NIGHT)["organisations"]
    assert own["urgent"] is False


@pytest.mark.parametrize(
    ("now", "reads"), [(FRIDAY_NIGHT, True), (SATURDAY_SMALL_HOURS, True), (SUNDAY, False)]
)
def test_the_phone_knows_whether_anybody_reads_now(now, reads, week, expected, duty):
    (own,) = phone_lists.lists(expected["Skolan"], now=now)["organisations"]

    assert (own["urgent"], own["on_duty"]) == (True, reads)


def test_those_on_duty_are_told_once_without_content(week, expected, duty, report, worked):
    incident = report(expected["Skolan"], text="Belysningen är trasig")
    with worked():
        urgent.tell(incident=incident, by=expected["Skolan"], now=FRIDAY_NIGHT)
        urgent.tell(incident=incident, by=expected["Skolan"], now=FRIDAY_NIGHT)

    (letter,) = mail.outbox
    assert letter.to == [duty.email]
    assert "Belysningen" not in letter.body
    assert [row.pk for row in urgent.unread(duty)] == [incident.pk]
    urgent.note_read(incident_id=incident.pk, by=duty, now=SUNDAY)
    assert urgent.unread(duty) == []


def test_outside_the_hours_nobody_is_told_and_that_is_known(week, expected, duty, report):
    incident = report(expected["Skolan"])
    made = urgent.tell(incident=incident, by=expected["Skolan"], now=SUNDAY)

    assert made.told == 0


def test_only_who_reviews_says_it_is_read(week, expected, duty, report, person):
    incident = report(expected["Skolan"])
    urgent.tell(incident=incident, by=expected["Skolan"], now=SUNDAY)

    with pytest.raises(PermissionDenied):
        urgent.note_read(incident_id=incident.pk, by=expected["Skolan"], now=SUNDAY)
    assert UrgentReport.objects.get().read_at is None
