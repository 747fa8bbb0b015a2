"""Sending an adopted picture, and the log of what was made available to whom."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import Organisation
from samlad.picture import actions as picture_actions
from samlad.rounds import addresses, rules, tasks
from samlad.rounds.models import Dispatch, Recipient, Round
from samlad.rounds.workflow import Level


@recorder.atomic()
def save_recipient(
    *, organisation_id: int, level: Level, with_pdf: bool, by: User | None, now: datetime
) -> Recipient:
    """Say that an organisation is sent the adopted pictures, in which version.

    `by` is None only at set-up and in the demonstration. Raises `PermissionDenied`.
    """
    organisation = Organisation.objects.get(pk=organisation_id, active=True)
    if by is not None:
        policy.require_in(by, Permission.PICTURE_SHARE, organisation.municipality_id)
    recipient, _ = Recipient.objects.update_or_create(
        municipality_id=organisation.municipality_id,
        organisation=organisation,
        defaults={"level": level, "with_pdf": with_pdf},
    )
    recorder.record(
        event="rounds.recipient.saved",
        target=recipient,
        by=by,
        at=now,
        municipality=organisation.municipality_id,
        owner=organisation.pk,
        after={"level": level, "with_pdf": with_pdf},
    )
    return recipient


@recorder.atomic()
def remove_recipient(*, organisation_id: int, by: User, now: datetime) -> None:
    """Send an organisation nothing more. Raises `PermissionDenied`."""
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require_in(by, Permission.PICTURE_SHARE, organisation.municipality_id)
    if Recipient.objects.filter(organisation=organisation).delete()[0]:
        recorder.record(
            event="rounds.recipient.removed",
            by=by,
            at=now,
            municipality=organisation.municipality_id,
            owner=organisation.pk,
        )


@recorder.atomic()
def dispatch(*, round_id: int, pdf_is_open: bool, by: User, now: datetime) -> list[Dispatch]:
    """Make the adopted picture available to every recipient, log it, and write to them.

    The letter holds a link; with `pdf_is_open` (no secrecy, no personal data) it also holds
    the general version's PDF for those who are to have it. Sending again sends to those who
    have not got it. Raises `PermissionDenied` or `NotAllowed`.
    """
    round_ = (
        Round.objects.select_for_update(of=("self",)).select_related("picture").get(pk=round_id)
    )
    policy.require(by, Permission.PICTURE_SHARE, round_)
    rules.check_dispatch(round_)
    if round_.picture_id is None:
        raise rules.NotAllowed(rules.Reason.NOT_ADOPTED)
    sent = []
    has_it = set(round_.dispatches.values_list("organisation", flat=True))
    recipients = Recipient.objects.filter(
        municipality=round_.municipality_id, organisation__active=True
    ).exclude(organisation__in=has_it)
    for recipient in recipients.select_related("organisation"):
        picture_actions.share(
            picture_id=round_.picture_id,
            organisation_id=recipient.organisation_id,
            by=by,
            now=now,
        )
        made = Dispatch.objects.create(
            round=round_,
            organisation_id=recipient.organisation_id,
            level=recipient.level,
            with_pdf=recipient.with_pdf and pdf_is_open,
            addressees=len(addresses.readers_of(recipient.organisation_id)),
            at=now,
        )
        sent.append(made)
        recorder.record(
            event="rounds.dispatch.sent",
            target=made,
            by=by,
            at=now,
            municipality=round_.municipality_id,
            owner=recipient.organisation_id,
            after={"level": made.level, "pdf": made.with_pdf},
            counts={"addressees": made.addressees},
        )
        transaction.on_commit(partial(tasks.write_to_recipients.enqueue, made.pk))
    return sent
