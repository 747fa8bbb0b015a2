"""One decision: the list and the single check are the same, and the default is no."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.exceptions import PermissionDenied

from samlad.accounts.actions import prove_address
from samlad.authorization import actions, policy
from samlad.authorization.models import Membership
from samlad.authorization.permissions import GRANTS, Permission, Role
from samlad.incidents.models import Source
from samlad.organisations.models import ActorClass, Organisation
from samlad.picture.models import Picture, PictureShare
from tests.cast import NOON, make_organisation

KIND_OF_CLASS = {
    ActorClass.OFFICE: "skola",
    ActorClass.POLICE: "polis",
    ActorClass.RESCUE: "raddningstjanst",
    ActorClass.HOUSING: "bostadsbolag",
    ActorClass.GUARD: "bevakningsforetag",
    ActorClass.ASSOCIATION: "forening",
}


@pytest.fixture
def things(town, other_town):
    """Sources and pictures of the authority, of each actor class, and of the neighbour."""
    owners = [town.process_authority, other_town.process_authority]
    owners += [make_organisation(town, f"En {kind}", kind) for kind in KIND_OF_CLASS.values()]
    sources = [
        Source.objects.create(
            municipality=owner.municipality, owner=owner, code=f"s{owner.pk}", name=owner.name
        )
        for owner in owners
    ]
    pictures = []
    for week, municipality in enumerate([town, town, other_town]):
        pictures.append(
            Picture.objects.create(
                municipality=municipality,
                owner=municipality.process_authority,
                cadence="week",
                starts_on=date(2026, 11, 2) + timedelta(7 * week),
                ends_before=date(2026, 11, 9) + timedelta(7 * week),
                created_at=NOON,
            )
        )
    PictureShare.objects.create(
        picture=pictures[1], organisation=make_organisation(town, "En polis"), starts_at=NOON
    )
    return [*sources, *pictures]


@pytest.mark.parametrize("actor_class", [None, *ActorClass])
@pytest.mark.parametrize("role", [*Role, None])
def test_the_list_and_the_single_check_agree(role, actor_class, town, person, things):
    organisation = None
    if actor_class is not None:
        organisation = make_organisation(town, f"En {KIND_OF_CLASS[actor_class]}")
    user = person(role, organisation)

    for permission in Permission:
        for model in (Source, Picture):
            every = [thing for thing in things if isinstance(thing, model)]
            listed = set(model.objects.where_user_can(user, permission))
            assert listed == {t for t in every if policy.can(user, permission, t)}


@pytest.mark.parametrize("actor_class", ActorClass)
@pytest.mark.parametrize("role", Role)
def test_raw_incidents_and_drafts_stay_inside_the_authority(
    role, actor_class, town, person, things
):
    """Whatever the role, held in another organisation it reaches that organisation's own."""
    organisation = make_organisation(town, f"En {KIND_OF_CLASS[actor_class]}")
    user = person(role, organisation)

    readable = Source.objects.where_user_can(user, Permission.INCIDENT_READ)
    drafts = Picture.objects.where_user_can(user, Permission.PICTURE_READ_DRAFT)

    assert {source.owner_id for source in readable} <= {organisation.pk}
    assert not drafts.exclude(shares__organisation=organisation).exists()


def test_the_coordinator_sees_what_the_police_reported_here_but_not_next_door(
    town, other_town, person, things
):
    coordinator = person(Role.COORDINATOR)

    readable = Source.objects.where_user_can(coordinator, Permission.INCIDENT_READ)

    assert make_organisation(town, "En polis").pk in {s.owner_id for s in readable}
    assert all(s.municipality_id == town.pk for s in readable)


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR, Role.MEMBER, Role.RELEASER])
def test_these_roles_see_no_raw_incident(role, person, things):
    """KSO reads adopted pictures, never raw reports (A06); administrators no content at all."""
    user = person(role)

    assert not Source.objects.where_user_can(user, Permission.INCIDENT_READ).exists()


def test_administrators_hold_nothing_about_content():
    content = {p for p in Permission if p.value.startswith(("incident", "picture", "area"))}

    assert not GRANTS[Role.ADMINISTRATOR] & content


def test_nobody_may_do_anything(town, things):
    for user in (None, AnonymousUser()):
        for permission in Permission:
            assert policy.scopes_where(user, permission) == set()
            assert not policy.can(user, permission, things[0])


class TestMembership:
    """A role counts while it is in force, the person active and the organisation too."""

    def test_it_ends_on_its_day(self, person, town):
        user = person(Role.COORDINATOR)
        Membership.objects.update(ends_before=date(2021, 1, 1))

        assert policy.scopes_where(user, Permission.INCIDENT_READ) == set()

    def test_a_closed_account_may_nothing(self, person):
        user = person(Role.COORDINATOR, is_active=False)

        assert policy.scopes_where(user, Permission.INCIDENT_READ) == set()

    def test_a_closed_organisation_gives_nothing(self, person, town):
        user = person(Role.REPORTER, make_organisation(town, "En skola", "skola"))
        Organisation.objects.filter(name="En skola").update(active=False)

        assert policy.scopes_where(user, Permission.INCIDENT_READ) == set()

    def test_a_unit_of_the_authority_is_inside_it(self, person, town):
        unit = make_organisation(town, "Trygghetsenheten", "forvaltning")
        unit.parent = town.process_authority
        unit.save()

        assert policy.can_in(person(Role.COORDINATOR, unit), Permission.INCIDENT_READ, town.pk)

    def test_only_who_manages_users_gives_roles(self, person, town):
        other = person()
        with pytest.raises(PermissionDenied):
            actions.add_member(
                user_id=other.pk,
                organisation_id=town.process_authority_id,
                role=Role.COORDINATOR,
                by=person(Role.COORDINATOR),
                now=NOON,
            )

    def test_a_role_is_given_and_ended_with_a_trace(self, person, town):
        from samlad.audit.models import AuditEvent

        administrator, other = person(Role.ADMINISTRATOR), person()
        membership = actions.add_member(
            user_id=other.pk,
            organisation_id=town.process_authority_id,
            role=Role.REVIEWER,
            by=administrator,
            now=NOON,
        )
        actions.end_membership(membership_id=membership.pk, by=administrator, now=NOON)

        assert policy.scopes_where(other, Permission.INCIDENT_READ) == set()
        assert [e.event for e in AuditEvent.objects.all()] == [
            "authorization.membership.added",
            "authorization.membership.ended",
        ]


def test_ending_a_share_ends_access(town, person, things):
    police = make_organisation(town, "En polis")
    user = person(Role.POLICE_LIAISON, police)
    shared = Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED)
    assert shared.count() == 1

    PictureShare.objects.update(ended_at=NOON)

    assert not Picture.objects.where_user_can(user, Permission.PICTURE_READ_ADOPTED).exists()


def test_every_role_has_its_grants():
    assert set(GRANTS) == set(Role)


def test_a_share_gives_reading_and_nothing_else(town, person, things):
    """Also to somebody who coordinates in the receiving organisation."""
    user = person(Role.COORDINATOR, make_organisation(town, "En polis"))
    shared = Picture.objects.get(shares__organisation__name="En polis")

    held = {p for p in Permission if policy.can(user, p, shared)}

    assert held == {Permission.PICTURE_READ_ADOPTED}


def test_an_account_of_another_town_proves_its_address_first(town, other_town, person, client):
    """An administrator there may have read the invitation and chosen the password."""
    ours, theirs = person(Role.ADMINISTRATOR), person(Role.MEMBER, other_town.process_authority)
    role = {"organisation_id": town.process_authority_id, "role": Role.COORDINATOR, "now": NOON}

    with pytest.raises(actions.NotProved):
        actions.add_member(user_id=theirs.pk, by=ours, **role)
    client.force_login(ours)
    answer = client.post(
        "/administration/personer/",
        {
            "email": theirs.email,
            "name": "N",
            "organisation": town.process_authority_id,
            "role": Role.COORDINATOR,
        },
    )
    assert "ingen har visat att adressen är deras" in answer.content.decode()
    assert not theirs.memberships.filter(organisation__municipality=town).exists()

    client.logout()
    client.post("/konto/password/reset/", {"email": theirs.email})
    (letter,) = mail.outbox
    page = client.get(re.search(r"https?://\S+", letter.body)[0], follow=True)
    words = "en ny lång mening"
    client.post(page.request["PATH_INFO"], {"password1": words, "password2": words})

    assert actions.add_member(user_id=theirs.pk, by=ours, **role).role == Role.COORDINATOR


def test_another_towns_coordinator_is_not_closed_from_here(town, other_town, person):
    from samlad.administration import actions as administration

    ours = person(Role.ADMINISTRATOR)
    theirs = person(Role.COORDINATOR, other_town.process_authority)
    prove_address(user=theirs)
    actions.add_member(
        user_id=theirs.pk,
        organisation_id=town.process_authority_id,
        role=Role.MEMBER,
        by=ours,
        now=NOON,
    )

    with pytest.raises(PermissionDenied):
        administration.set_active(
            user_id=theirs.pk, municipality_id=town.pk, active=False, by=ours, now=NOON
        )
