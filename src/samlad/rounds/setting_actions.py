"""Every write on processes and on who is expected to report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Municipality, Organisation
from samlad.rounds import clock
from samlad.rounds.clock import Cadence, HolidayWeeks
from samlad.rounds.models import ExpectedReporter, Process, SeriesBreak
from samlad.rounds.rules import NotAllowed, Reason
from samlad.rounds.workflow import BreakReason


@recorder.atomic()
def save_process(
    *,
    municipality_id: int,
    name: str,
    cadence: Cadence,
    first_on: date,
    moments: Mapping[str, tuple[int, str]],
    holidays: HolidayWeeks,
    two_persons: bool,
    by: User | None,
    now: datetime,
    with_municipalities: tuple[int, ...] | None = None,
) -> Process:
    """Set up a process, or change the clock of the one of that cadence.

    Rounds that have begun keep their moments. `by` is None only at set-up and in the
    demonstration. Raises `PermissionDenied`, or `NotAllowed` for a clock out of order.
    """
    municipality = Municipality.objects.get(pk=municipality_id)
    if by is not None:
        for pk in (municipality_id, *(with_municipalities or ())):
            policy.require_in(by, Permission.ROUND_RUN, pk)
    authority = municipality.process_authority
    if authority is None:
        raise NotAllowed(Reason.NOT_EXPECTED)
    try:
        clock.check_clock(moments)
    except (ValueError, KeyError) as error:
        raise NotAllowed(Reason.BAD_CLOCK) from error
    process, _ = Process.objects.update_or_create(
        municipality=municipality,
        cadence=cadence.value,
        ends_before=None,
        defaults={
            "owner": authority,
            "name": name,
            "first_on": first_on,
            "clock": {key: list(value) for key, value in moments.items()},
            "holidays": holidays.value,
            "two_persons": two_persons,
        },
    )
    if with_municipalities is not None:  # else they stay
        process.with_municipalities.set(with_municipalities)
    recorder.record(
        event="rounds.process.saved",
        target=process,
        by=by,
        at=now,
        after={"cadence": cadence.value, "holidays": holidays.value, "two_persons": two_persons},
        changed=["name", "clock"],
    )
    return process


@recorder.atomic()
def expect(
    *,
    organisation_id: int,
    starts_on: date,
    voluntary: bool,
    by: User | None,
    now: datetime,
    areas: tuple[int, ...] = (),
    categories: tuple[int, ...] = (),
) -> ExpectedReporter:
    """Put an organisation in the roll-call from a day. Raises `PermissionDenied`."""
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    if by is not None:
        policy.require_in(by, Permission.ROUND_RUN, organisation.municipality_id)
    expected, made = ExpectedReporter.objects.get_or_create(
        municipality_id=organisation.municipality_id,
        organisation=organisation,
        ends_before=None,
        defaults={"starts_on": starts_on, "voluntary": voluntary},
    )
    expected.voluntary = voluntary
    expected.save(update_fields=["voluntary"])
    expected.areas.set(areas)
    expected.categories.set(categories)
    recorder.record(
        event="rounds.reporter.expected",
        target=expected,
        by=by,
        at=now,
        municipality=organisation.municipality_id,
        owner=organisation.pk,
        after={"organisation": organisation.pk, "voluntary": voluntary, "new": made},
    )
    return expected


@recorder.atomic()
def expect_no_longer(*, organisation_id: int, by: User, now: datetime) -> None:
    """Take an organisation out of the roll-call from today. Raises `PermissionDenied`."""
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require_in(by, Permission.ROUND_RUN, organisation.municipality_id)
    today = timezone.localdate(now)
    for expected in ExpectedReporter.objects.filter(organisation=organisation, ends_before=None):
        expected.ends_before = max(today, expected.starts_on)
        expected.save(update_fields=["ends_before"])
        recorder.record(
            event="rounds.reporter.released",
            target=expected,
            by=by,
            at=now,
            municipality=organisation.municipality_id,
            owner=organisation.pk,
        )


@recorder.atomic()
def note_break(
    *, organisation_id: int, on: date, reason: BreakReason, by: User, now: datetime
) -> SeriesBreak:
    """Say that an organisation's reports from a day cannot be compared with those before.

    Raises `PermissionDenied`.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require_in(by, Permission.ROUND_RUN, organisation.municipality_id)
    noted, _ = SeriesBreak.objects.update_or_create(
        municipality_id=organisation.municipality_id,
        organisation=organisation,
        on=on,
        defaults={"reason": reason},
    )
    recorder.record(
        event="rounds.break.noted",
        target=noted,
        by=by,
        at=now,
        owner=organisation.pk,
        after={"organisation": organisation.pk, "on": on.isoformat(), "reason": reason},
    )
    return noted
