"""Every write of week 1: the municipality itself, and people from a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.administration import actions as administration
from samlad.audit import recorder
from samlad.authorization.actions import NotProved
from samlad.authorization.models import Membership
from samlad.authorization.permissions import Permission, Role
from samlad.authorization.policy import require_in
from samlad.organisations.models import Municipality, Organisation, OrganisationKind
from samlad.setup.people_file import PersonRow


class AlreadySetUp(Exception):
    """The municipality is there already."""

    def __str__(self) -> str:
        return str(_("The municipality is set up already."))


class AddressTaken(Exception):
    """There is an account with the address."""

    def __str__(self) -> str:
        return str(_("There is an account with that address. Choose another."))


@recorder.atomic()
def begin(
    *, code: str, name: str, board: str, person: str, email: str, now: datetime
) -> tuple[Municipality, User]:
    """Set a municipality up: its board as controller, and one person to begin with.

    The person is administrator and coordinator until they give either to somebody else.
    Raises `AlreadySetUp`, or `AddressTaken`: an account that is there is nobody's to take over.
    """
    if Municipality.objects.filter(code=code).exists():
        raise AlreadySetUp
    municipality = Municipality.objects.create(code=code, name=name)
    authority = Organisation.objects.create(
        municipality=municipality,
        name=board,
        kind=OrganisationKind.objects.get(code="kommunstyrelse"),
    )
    municipality.process_authority = authority
    municipality.save(update_fields=["process_authority"])
    if User.objects.filter(email__iexact=email).exists():
        raise AddressTaken
    user = User.objects.create_user(email=email, password=None, name=person)
    for role in (Role.ADMINISTRATOR, Role.COORDINATOR):
        Membership.objects.create(
            user=user, organisation=authority, role=role, starts_on=timezone.localdate(now)
        )
    recorder.record(
        event="organisations.municipality.set_up",
        target=municipality,
        at=now,
        municipality=municipality.pk,
        owner=authority.pk,
        after={"code": code},
    )
    return municipality, user


@dataclass(frozen=True)
class Taken:
    """What a file of people gave."""

    organisations: int
    people: int
    roles: int
    refused: list[tuple[int, str]]  # row, why


@recorder.atomic()
def take_in_people(
    *, municipality_id: int, rows: Sequence[PersonRow], by: User, now: datetime
) -> Taken:
    """Add the organisations and people that are not there yet; the same file twice adds none.

    Raises `PermissionDenied` unless `by` manages people and organisations.
    """
    require_in(by, Permission.ORGANISATION_MANAGE, municipality_id)
    require_in(by, Permission.USER_MANAGE, municipality_id)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    kinds = {kind.code: kind for kind in OrganisationKind.objects.all()}
    known = {
        one.name.casefold(): one for one in Organisation.objects.filter(municipality=municipality)
    }
    organisations = people = roles = 0
    refused: list[tuple[int, str]] = []
    for row in rows:
        organisation = known.get(row.organisation.casefold())
        if organisation is None:
            organisation = administration.save_organisation(
                municipality_id=municipality_id,
                organisation_id=None,
                name=row.organisation,
                kind=kinds[row.kind],
                parent=None,
                active=True,
                by=by,
                now=now,
            )
            known[row.organisation.casefold()] = organisation
            organisations += 1
        if not row.email:
            continue
        is_new = not User.objects.filter(email__iexact=row.email).exists()
        has_role = Membership.objects.filter(
            user__email__iexact=row.email,
            organisation=organisation,
            role=row.role,
            ends_before=None,
        ).exists()
        if has_role:
            continue
        try:
            administration.invite(
                email=row.email,
                name=row.name,
                organisation_id=organisation.pk,
                role=row.role,
                by=by,
                now=now,
            )
        except NotProved as refusal:
            refused.append((row.number, str(refusal)))
            continue
        people += is_new
        roles += 1
    return Taken(organisations, people, roles, refused)
