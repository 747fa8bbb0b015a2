"""Every write on people's accounts and on the register of organisations."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import slugify

from samlad.accounts.models import User
from samlad.audit import recorder
from samlad.authorization import actions as memberships
from samlad.authorization import policy
from samlad.authorization.permissions import Permission
from samlad.organisations.models import (
    ActorClass,
    Municipality,
    Organisation,
    OrganisationKind,
)


@recorder.atomic()
def invite(
    *,
    email: str,
    name: str,
    organisation_id: int,
    role: str,
    by: User,
    now: datetime,
    is_deputy: bool = False,
) -> User:
    """Make an account (or find it by its address) and give it a role.

    The account has no password until its owner chooses one by e-mail. Raises
    `PermissionDenied` unless `by` may manage users of the organisation.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    policy.require(by, Permission.USER_MANAGE, organisation)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email=email, password=None, name=name)
        recorder.record(
            event="accounts.user.invited",
            target=user,
            by=by,
            at=now,
            municipality=organisation.municipality_id,
            owner=organisation.pk,
        )
    memberships.add_member(
        user_id=user.pk,
        organisation_id=organisation_id,
        role=role,
        is_deputy=is_deputy,
        by=by,
        now=now,
    )
    return user


@recorder.atomic()
def set_active(
    *, user_id: int, municipality_id: int, active: bool, by: User, now: datetime
) -> User:
    """Close an account (its sessions end at the next click) or open it again.

    Raises `PermissionDenied` unless `by` may manage users of every municipality the person
    has a role in: another's coordinator is not closed from here, only one's own roles ended.
    """
    policy.require_in(by, Permission.USER_MANAGE, municipality_id)
    user = _locked(user_id, municipality_id)
    for membership in user.memberships.select_related("organisation").filter(ends_before=None):
        policy.require_in(by, Permission.USER_MANAGE, membership.municipality_id)
    before, user.is_active = user.is_active, active
    user.save(update_fields=["is_active"])
    recorder.record(
        event="accounts.user.activated" if active else "accounts.user.deactivated",
        target=user,
        by=by,
        at=now,
        municipality=municipality_id,
        before={"active": before},
        after={"active": active},
    )
    return user


def _locked(user_id: int, municipality_id: int) -> User:
    known = User.objects.filter(memberships__organisation__municipality=municipality_id)
    return User.objects.select_for_update().get(pk__in=known.values("pk"), pk=user_id)


@recorder.atomic()
def add_organisation_kind(
    *,
    municipality_id: int,
    label_sv: str,
    label_en: str,
    actor_class: ActorClass,
    by: User,
    now: datetime,
) -> OrganisationKind:
    """Add a kind of organisation, of one of the six classes of actors.

    The list is the installation's: what a kind may see follows from its class, which is not
    chosen anew later. Raises `PermissionDenied`.
    """
    policy.require_in(by, Permission.ORGANISATION_MANAGE, municipality_id)
    municipality = Municipality.objects.select_for_update().get(pk=municipality_id)
    kind, made = OrganisationKind.objects.get_or_create(
        code=slugify(label_sv)[:40],
        defaults={"label_sv": label_sv, "label_en": label_en, "actor_class": actor_class},
    )
    if made:
        recorder.record(
            event="organisations.kind.added",
            target=municipality,
            by=by,
            at=now,
            after={"kind": kind.code, "class": actor_class},
        )
    return kind


@recorder.atomic()
def save_organisation(
    *,
    municipality_id: int,
    organisation_id: int | None,
    name: str,
    kind: OrganisationKind,
    parent: Organisation | None,
    active: bool,
    by: User,
    now: datetime,
) -> Organisation:
    """Add an organisation to the register, or change it.

    Raises `PermissionDenied` unless `by` may manage the municipality's organisations.
    """
    policy.require_in(by, Permission.ORGANISATION_MANAGE, municipality_id)
    municipality = Municipality.objects.get(pk=municipality_id)
    fields = {"name": name, "kind": kind, "parent": parent, "active": active}
    if organisation_id is None:
        organisation = Organisation.objects.create(municipality=municipality, **fields)
    else:
        organisation = Organisation.objects.select_for_update(of=("self",)).get(
            pk=organisation_id, municipality=municipality
        )
        for field, value in fields.items():
            setattr(organisation, field, value)
        organisation.save(update_fields=list(fields))
    recorder.record(
        event="organisations.organisation.saved",
        target=organisation,
        by=by,
        at=now,
        after={"kind": kind.code, "active": active},
        changed=["name", "parent"],
    )
    return organisation


@recorder.atomic()
def note_search(*, municipality_id: int, by: User, now: datetime, found: int) -> None:
    """Record that somebody searched the record; what they searched for is not kept.

    Raises `PermissionDenied` unless `by` may search.
    """
    policy.require_in(by, Permission.AUDIT_SEARCH, municipality_id)
    recorder.record(
        event="audit.log.searched",
        by=by,
        at=now,
        municipality=municipality_id,
        counts={"found": found},
    )
