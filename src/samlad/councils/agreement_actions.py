"""Every write on agreements, and on the directory of units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.councils import rules
from samlad.councils.models import Agreement, AgreementVersion, Contact, HelpRequest, UnitPage
from samlad.councils.rules import NotAllowed, Reason
from samlad.organisations.models import Municipality, Organisation


@recorder.atomic()
def save_agreement(
    *,
    municipality_id: int,
    agreement_id: int | None,
    name: str,
    purposes: str,
    areas: str,
    signatories: Sequence[str],
    parties: Sequence[Organisation],
    starts_on: date,
    ends_on: date | None,
    signed_on: date | None,
    diarienummer: str,
    reason: str = "",
    by: User,
    now: datetime,
) -> Agreement:
    """Enter an agreement, or change it. Signed it has its purposes and areas (9 §).

    One that was signed is kept as it was, with the reason it is changed (E21).

    Raises `PermissionDenied` or `NotAllowed`.
    """
    policy.require_in(by, Permission.COUNCIL_EDIT, municipality_id)
    municipality = Municipality.objects.get(pk=municipality_id)
    if any(one.municipality_id != municipality_id for one in parties):
        raise NotAllowed(Reason.ELSEWHERE)
    if agreement_id is None:
        agreement = Agreement(municipality=municipality)
    else:
        agreement = Agreement.objects.select_for_update(of=("self",)).get(
            pk=agreement_id, municipality=municipality
        )
        if agreement.signed_on is not None:
            _keep_version(agreement, reason, now)
    agreement.owner_id = municipality.process_authority_id or parties[0].pk
    agreement.name, agreement.purposes, agreement.areas = name, purposes, areas
    agreement.signatories = [one.strip() for one in signatories if one.strip()]
    agreement.starts_on, agreement.ends_on = starts_on, ends_on
    agreement.signed_on, agreement.diarienummer = signed_on, diarienummer
    rules.check_agreement(agreement)
    agreement.save()
    agreement.parties.set(parties)
    recorder.record(
        event="councils.agreement.saved",
        target=agreement,
        by=by,
        at=now,
        after={"starts_on": starts_on.isoformat(), "signed": signed_on is not None},
    )
    return agreement


def _keep_version(agreement: Agreement, reason: str, now: datetime) -> None:
    """Keep a signed agreement as it is. Raises `NotAllowed` without a reason to change it."""
    if not reason:
        raise NotAllowed(Reason.NO_REASON)
    words = ("name", "purposes", "areas", "signatories", "diarienummer")
    days = ("starts_on", "ends_on", "signed_on")
    content: dict[str, Any] = {name: getattr(agreement, name) for name in words}
    for name in days:
        day = getattr(agreement, name)
        content[name] = day.isoformat() if day else None
    content["parties"] = [one.name for one in agreement.parties.all()]
    AgreementVersion.objects.create(
        agreement=agreement,
        number=agreement.versions.count() + 1,
        content=content,
        reason=reason,
        replaced_at=now,
    )


@recorder.atomic()
def write_page(
    *,
    organisation_id: int,
    tasks: str,
    challenges: str,
    competence: Sequence[str],
    mailbox: str,
    by: User,
    now: datetime,
) -> UnitPage:
    """Write one's own unit's page; the coordinator describes every local actor (A20).

    Raises `PermissionDenied` or `NotAllowed`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    policy.require(by, Permission.UNIT_EDIT, organisation)
    if not policy.can_in(by, Permission.UNIT_EDIT, organisation.municipality_id):
        rules.check_staff(organisation)
    page, _made = UnitPage.objects.update_or_create(
        organisation=organisation,
        defaults={
            "tasks": tasks,
            "challenges": challenges,
            "competence": [one.strip() for one in competence if one.strip()],
            "mailbox": mailbox,
        },
    )
    recorder.record(event="councils.page.written", target=organisation, by=by, at=now)
    return page


@recorder.atomic()
def offer_help(*, competence: Sequence[str], is_protected: bool, by: User, now: datetime) -> None:
    """Say what one can be asked about, or that one is not to be shown.

    Raises `PermissionDenied` unless one has a role among the staff.
    """
    if not policy.can_somewhere(by, Permission.UNIT_EDIT):
        raise PermissionDenied(Permission.UNIT_EDIT)
    words = [one.strip() for one in competence if one.strip()]
    Contact.objects.update_or_create(
        user=by, defaults={"competence": words, "is_protected": is_protected}
    )
    recorder.record(event="councils.contact.written", target=by, by=by, at=now)


@recorder.atomic()
def ask_for_help(*, from_id: int, to_id: int, text: str, by: User, now: datetime) -> HelpRequest:
    """Ask another unit of the municipality for help. Raises `PermissionDenied` or `NotAllowed`."""
    asking = Organisation.objects.get(pk=from_id, active=True)
    asked = Organisation.objects.get(pk=to_id, active=True)
    policy.require(by, Permission.UNIT_EDIT, asking)
    rules.check_staff(asking)
    if asking.municipality_id != asked.municipality_id:
        raise NotAllowed(Reason.ELSEWHERE)
    request = HelpRequest.objects.create(
        from_organisation=asking, to_organisation=asked, text=text, at=now
    )
    recorder.record(
        event="councils.help.asked",
        target=asking,
        by=by,
        at=now,
        after={"organisation": asked.pk},
    )
    return request


@recorder.atomic()
def answer_help(*, request_id: int, by: User, now: datetime) -> None:
    """Note that help was given. Raises `PermissionDenied`."""
    request = HelpRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    policy.require(by, Permission.UNIT_EDIT, request.to_organisation)
    if request.answered_at is None:
        request.answered_at = now
        request.save(update_fields=["answered_at"])
        recorder.record(
            event="councils.help.answered", target=request.to_organisation, by=by, at=now
        )
