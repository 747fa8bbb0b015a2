"""The whole of the first steps from the command line: for those who install many."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import timezone

from samlad.places import actions as place_actions
from samlad.places import area_files
from samlad.places.errors import BadGeometry
from samlad.places.models import AreaKind
from samlad.setup import actions, invitations, people_file
from samlad.setup.people_file import BadPeopleFile

UNUSABLE = (actions.AlreadySetUp, actions.AddressTaken, BadPeopleFile, BadGeometry, ValueError)


def set_up(
    *,
    code: str,
    name: str,
    board: str,
    person: str,
    email: str,
    areas: Path | None,
    people: Path | None,
    say: Callable[[str], None],
) -> str:
    """Set a municipality up and return the first person's invitation address.

    Both files are read before anything is written. Raises one of `UNUSABLE`.
    """
    if not re.fullmatch(r"[0-9]{4}", code):
        raise ValueError("--municipality is SCB's four digits, like 1260.")
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError("--email is not an e-mail address.") from error
    read_areas = None if areas is None else area_files.read(areas)
    rows, faults = ([], []) if people is None else people_file.read(people, name=people.name)
    for number, fault in faults:
        say(f"row {number} of {people}: {fault}")
    now = timezone.now()
    municipality, user = actions.begin(
        code=code, name=name, board=board, person=person, email=email, now=now
    )
    if read_areas is not None:
        made = place_actions.import_areas(
            municipality_id=municipality.pk,
            kind=AreaKind.REGSO,
            file=read_areas,
            valid_from=date(timezone.localdate(now).year - 10, 1, 1),
            provenance="SCB",
            by=None,
            now=now,
        )
        say(f"{len(made)} areas")
    if rows:
        taken = actions.take_in_people(municipality_id=municipality.pk, rows=rows, by=user, now=now)
        say(f"{taken.organisations} organisations, {taken.people} people, {taken.roles} roles")
    secret = invitations.invite(user=user, by=None, now=now)
    return str(settings.ENVIRONMENT.url + reverse("invitation", args=[secret]))
