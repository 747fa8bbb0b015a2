"""The main menu: what this person may reach, in the order of the cycle."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samlad.authorization import policy
from samlad.authorization.permissions import Permission

ENTRIES: tuple[tuple[str, str | Promise, tuple[Permission, ...]], ...] = (
    ("start", _("Start"), ()),
    ("pictures", _("Situational picture"), (Permission.PICTURE_READ_ADOPTED,)),
    ("rounds", _("Rounds"), (Permission.ROUND_READ,)),
    ("presences", _("Deployment"), (Permission.PRESENCE_READ,)),
    ("measures", _("Measures"), (Permission.MEASURE_READ,)),
    ("report_phone", _("Report"), (Permission.INCIDENT_IMPORT,)),
    ("coming", _("Coming"), (Permission.EVENT_EDIT,)),
    ("incidents", _("Incidents"), (Permission.INCIDENT_READ,)),
    ("held", _("Review"), (Permission.TEXT_REVIEW,)),
    ("batches", _("Import"), (Permission.INCIDENT_IMPORT,)),
    ("categories", _("Categories"), (Permission.CATEGORY_MANAGE,)),
    ("areas", _("Areas"), (Permission.AREA_MANAGE,)),
    ("setup", _("Week 1"), (Permission.USER_MANAGE,)),
    ("people", _("People"), (Permission.USER_MANAGE,)),
    ("organisations", _("Organisations"), (Permission.ORGANISATION_MANAGE,)),
    ("programs", _("Programs"), (Permission.USER_MANAGE,)),
    ("events", _("Log"), (Permission.AUDIT_SEARCH,)),
)


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    url: str
    label: str | Promise
    current: bool


def navigation(request: HttpRequest) -> dict[str, list[Entry] | bool]:
    """Return the menu for the templates."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "demonstration": False}
    entries = []
    for name, label, permissions in ENTRIES:
        if all(policy.can_somewhere(user, permission) for permission in permissions):
            url = reverse(name)
            current = request.path == url or (
                name not in {"start", "incidents"} and request.path.startswith(url)
            )
            entries.append(Entry(url, label, current))
    return {"navigation": entries, "demonstration": settings.ENVIRONMENT.demo}
