"""Organisations and people from one spreadsheet: read, checked row by row, nothing written.

Columns, by name in any order: organisation, typ, namn, e-post, roll. A row without a name
and address is an organisation alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from samlad.authorization.permissions import Role
from samlad.guard import refusing
from samlad.intake import plain_table
from samlad.organisations.models import OrganisationKind

MOST_ROWS = 2000
COLUMNS = {
    "organisation": ("organisation", "förvaltning", "enhet", "organization"),
    "kind": ("typ", "slag", "kind", "type"),
    "name": ("namn", "name"),
    "email": ("e-post", "epost", "e-postadress", "mejl", "email", "e-mail"),
    "role": ("roll", "role"),
}
ROLE_WORDS = {
    "samordnare": Role.COORDINATOR,
    "granskare": Role.REVIEWER,
    "rapportör": Role.REPORTER,
    "kommunpolis": Role.POLICE_LIAISON,
    "polis": Role.POLICE_LIAISON,
    "ledamot": Role.MEMBER,
    "ledning": Role.LEADER,
    "chef": Role.LEADER,
    "fältarbetare": Role.FIELD_WORKER,
    "fältassistent": Role.FIELD_WORKER,
    "föreningskontakt": Role.ASSOCIATION_CONTACT,
    "förening": Role.ASSOCIATION_CONTACT,
    "väktare": Role.GUARD,
    "publicist": Role.RELEASER,
    "administratör": Role.ADMINISTRATOR,
}


class BadPeopleFile(ValueError):
    """The file cannot be used; `str()` is one sentence."""


@dataclass(frozen=True)
class PersonRow:
    """One row: an organisation of a kind, and perhaps a person with a role in it."""

    number: int
    organisation: str
    kind: str
    name: str
    email: str
    role: str


def read(path: Path, *, name: str) -> tuple[list[PersonRow], list[tuple[int, str]]]:
    """Return the rows that can be used, and (row number, why) of the others.

    Raises `BadPeopleFile`.
    """
    try:
        header, cells = plain_table.read(path, name=name)
    except plain_table.NotATable as unreadable:
        raise BadPeopleFile(str(unreadable)) from unreadable
    index = _columns(header)
    kinds = _kinds()
    rows: list[PersonRow] = []
    faults: list[tuple[int, str]] = []
    for number, row in cells:
        if number > MOST_ROWS + 1:
            raise BadPeopleFile(_("At most %(n)s rows.") % {"n": MOST_ROWS})
        value = {
            key: (row[at].strip() if at is not None and at < len(row) else "")
            for key, at in index.items()
        }
        if not any(value.values()):
            continue
        fault = _fault(value, kinds)
        if fault:
            faults.append((number, fault))
            continue
        rows.append(
            PersonRow(
                number,
                value["organisation"][:120],
                kinds.get(value["kind"].casefold(), "forvaltning"),
                value["name"][:120],
                value["email"].lower(),
                _role(value["role"]) if value["email"] else "",
            )
        )
    if not rows and not faults:
        raise BadPeopleFile(_("The file has no rows."))
    return rows, faults


def _fault(value: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """Return what is wrong with a row, or ""."""
    if not value["organisation"]:
        return _("The organisation is missing.")
    if refusing.certain_kinds(value["organisation"]):
        return _("The organisation's name holds what may point out a person.")
    if value["kind"] and value["kind"].casefold() not in kinds:
        return _("Unknown kind of organisation: %(kind)s.") % {"kind": value["kind"][:40]}
    if bool(value["name"]) != bool(value["email"]):
        return _("A person needs both a name and an e-mail address.")
    if value["email"]:
        try:
            validate_email(value["email"])
        except ValidationError:
            return _("The e-mail address is not one.")
        if not _role(value["role"]):
            return _("Unknown role: %(role)s.") % {"role": value["role"][:40]}
    return ""


def _role(word: str) -> str:
    word = word.casefold().strip()
    if word in Role.values:
        return word
    if not word:
        return Role.REPORTER
    return ROLE_WORDS.get(word, "")


def _kinds() -> dict[str, str]:
    found = {}
    for kind in OrganisationKind.objects.all():
        for word in (kind.code, kind.label_sv, kind.label_en):
            found[word.casefold()] = kind.code
    return found


def _columns(header: list[str]) -> dict[str, int | None]:
    words = [cell.strip().casefold() for cell in header]
    index: dict[str, int | None] = {}
    for key, names in COLUMNS.items():
        index[key] = next((words.index(word) for word in names if word in words), None)
    if index["organisation"] is None:
        raise BadPeopleFile(
            _("The first row must name the columns: organisation, typ, namn, e-post, roll.")
        )
    return index
