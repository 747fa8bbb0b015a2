"""How far week 1 has come: each step, whether it is done, and where it is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlad.accounts.models import User
from samlad.administration.queries import municipality_with
from samlad.authorization.permissions import Permission
from samlad.incidents.models import Batch
from samlad.incidents.workflow import BatchStatus
from samlad.organisations.models import Municipality, Organisation
from samlad.places.models import Area, AreaKind
from samlad.rounds.models import ExpectedReporter, Process, Recipient, Round


@dataclass(frozen=True)
class Step:
    """One step: its name, whether it is done, the page, and what there is."""

    title: str | Promise
    done: bool
    url_name: str
    number: int
    optional: bool = False
    permission: Permission = Permission.ROUND_RUN


def municipality_of(user: User) -> Municipality | None:
    """Return the municipality a person sets up, or takes part in setting up, or None."""
    return municipality_with(user, Permission.USER_MANAGE) or municipality_with(
        user, Permission.ROUND_RUN
    )


def steps(municipality: Municipality) -> list[Step]:
    """Return the steps in the order they are best taken."""
    today = timezone.localdate()
    areas = Area.objects.valid_on(today).filter(municipality=municipality)
    parts = areas.exclude(kind=AreaKind.MUNICIPALITY)
    districts = areas.filter(kind=AreaKind.DISTRICT).count()
    organisations = Organisation.objects.filter(municipality=municipality, active=True).count()
    people = people_of(municipality)
    waiting = sum(not one.has_usable_password() for one in people)
    expected = ExpectedReporter.objects.filter(municipality=municipality, ends_before=None)
    processes = Process.objects.filter(municipality=municipality, ends_before=None)
    read = Batch.objects.filter(municipality=municipality, status=BatchStatus.ACCEPTED)
    return [
        Step(_("Areas from SCB's file"), parts.exists(), "areas_import", parts.count()),
        Step(_("Districts, by merging areas"), districts > 0, "areas_merge", districts, True),
        Step(
            _("Organisations and people, from one spreadsheet"),
            organisations > 1,
            "setup_people",
            organisations,
            permission=Permission.USER_MANAGE,
        ),
        Step(
            _("Invitations, by link or printed QR code"),
            len(people) > 1 and not waiting,
            "setup_invitations",
            waiting,
            permission=Permission.USER_MANAGE,
        ),
        Step(_("Categories"), True, "categories", 0, True),
        Step(_("Cadence and clock"), processes.exists(), "process", processes.count()),
        Step(_("Who reports"), expected.exists(), "reporters", expected.count()),
        Step(
            _("Who is sent the picture"),
            Recipient.objects.filter(municipality=municipality).exists(),
            "recipients",
            Recipient.objects.filter(municipality=municipality).count(),
            True,
        ),
        Step(_("A first file of incidents"), read.exists(), "batch_new", read.count(), True),
    ]


def open_round(municipality: Municipality) -> Round | None:
    """Return the round that is open now: what week 1 is for."""
    return (
        Round.objects.filter(municipality=municipality, ends_before__gt=timezone.localdate())
        .select_related("process")
        .first()
    )


def people_of(municipality: Municipality) -> list[User]:
    """Return the people with a role in a municipality, by name; no programs."""
    return list(
        User.objects.filter(
            memberships__organisation__municipality=municipality,
            memberships__ends_before=None,
            is_active=True,
            is_program=False,
        )
        .distinct()
        .order_by("name")
    )
