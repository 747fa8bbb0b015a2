"""The main menu: what this person may reach, in the order of the cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlad.authorization import policy, working_in
from samlad.authorization.permissions import Permission

Line = tuple[str, str | Promise, tuple[Permission, ...]]
GROUPS: tuple[tuple[str | Promise, tuple[Line, ...]], ...] = (
    ("", (("start", _("Start"), ()),)),
    ("", (("pictures", _("Situational picture"), (Permission.PICTURE_READ_ADOPTED,)),)),
    (
        _("The round"),
        (
            ("report_phone", _("Report"), (Permission.INCIDENT_IMPORT,)),
            ("rounds", _("Rounds"), (Permission.ROUND_READ,)),
            ("presences", _("Deployment"), (Permission.PRESENCE_READ,)),
            ("coming", _("Coming"), (Permission.EVENT_EDIT,)),
        ),
    ),
    (
        _("Measures"),
        (
            ("measures", _("Measures"), (Permission.MEASURE_READ,)),
            ("problems", _("Problems"), (Permission.PROBLEM_EDIT,)),
            ("programmes", _("Programmes"), (Permission.PROBLEM_EDIT,)),
            ("year", _("The year"), (Permission.PROBLEM_EDIT,)),
            ("existing_activities", _("Activities that go on"), (Permission.PROBLEM_EDIT,)),
            ("indicators", _("Indicators"), (Permission.INDICATOR_READ,)),
            ("traffic_lists", _("Traffic"), (Permission.PROBLEM_EDIT,)),
            ("damage", _("Damage"), (Permission.PROBLEM_EDIT,)),
            ("cameras", _("Cameras"), (Permission.PROBLEM_EDIT,)),
        ),
    ),
    (
        _("Promises"),
        (
            ("promises", _("Promises"), (Permission.PROMISE_READ,)),
            ("activities", _("What we do"), (Permission.ACTIVITY_READ,)),
            ("centres", _("Safety centres"), (Permission.ACTIVITY_READ,)),
            ("releases", _("Releases to residents"), (Permission.RELEASE_READ,)),
        ),
    ),
    (
        _("Councils"),
        (
            ("councils", _("Councils and groups"), (Permission.COUNCIL_READ,)),
            ("agreements", _("Cooperation agreements"), (Permission.COUNCIL_EDIT,)),
            ("directory", _("Units"), (Permission.UNIT_EDIT,)),
            ("lagkollen", _("Lagkollen"), (Permission.LAW_READ,)),
        ),
    ),
    (
        _("Incidents"),
        (
            ("incidents", _("Incidents"), (Permission.INCIDENT_READ,)),
            ("held", _("Review"), (Permission.TEXT_REVIEW,)),
            ("batches", _("Import"), (Permission.INCIDENT_IMPORT,)),
            ("categories", _("Categories"), (Permission.CATEGORY_MANAGE,)),
            ("areas", _("Areas"), (Permission.AREA_MANAGE,)),
        ),
    ),
    (
        _("Administration"),
        (
            ("setup", _("Week 1"), (Permission.USER_MANAGE,)),
            ("people", _("People"), (Permission.USER_MANAGE,)),
            ("organisations", _("Organisations"), (Permission.ORGANISATION_MANAGE,)),
            ("programs", _("Programs"), (Permission.USER_MANAGE,)),
            ("events", _("Log"), (Permission.AUDIT_SEARCH,)),
        ),
    ),
)
WHOLE = {"start", "incidents", "measures"}  # current on their own page alone: others lie beneath
FLAT = 6  # so few lines need no groups


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    url: str
    label: str | Promise
    current: bool


@dataclass(frozen=True)
class Group:
    """Lines that belong together; one alone, or a short menu's, has no heading."""

    label: str | Promise
    entries: list[Entry]

    @property
    def current(self) -> bool:
        """Tell whether one is on a page of the group."""
        return any(entry.current for entry in self.entries)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the menu for the templates, and the municipalities of who works in several."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "demonstration": False}
    groups = []
    for label, lines in GROUPS:
        entries = [
            _entry(request.path, name, words)
            for name, words, permissions in lines
            if all(policy.can_somewhere(user, permission) for permission in permissions)
        ]
        if entries:
            groups.append(Group(label if len(entries) > 1 else "", entries))
    if sum(len(group.entries) for group in groups) <= FLAT:
        groups = [Group("", [entry]) for group in groups for entry in group.entries]
    several = working_in.municipalities(user)
    return {
        "navigation": groups,
        "demonstration": settings.ENVIRONMENT.demo,
        "municipalities": several if len(several) > 1 else [],
        "works_in": request.session.get(working_in.KEY),
    }


def _entry(path: str, name: str, label: str | Promise) -> Entry:
    url = reverse(name)
    return Entry(url, label, path == url or (name not in WHOLE and path.startswith(url)))
