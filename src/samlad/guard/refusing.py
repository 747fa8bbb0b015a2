"""What the guard says no to, and what it asks about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from samlad.guard.detecting import Hit, clean, find_certain, find_hits
from samlad.guard.kinds import LABELS, Kind

BLACKED_OUT = "▮"


class PersonalData(ValueError):
    """A text with a certain hit was about to be stored. The text is not in the error."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.kinds = tuple(sorted(set(kinds)))
        super().__init__(", ".join(self.kinds))

    def __str__(self) -> str:
        return refusal(self.kinds)


def refusal(kinds: Iterable[Kind]) -> str:
    """Return the sentence that says what kind of hit a text was refused for."""
    named = ", ".join(str(LABELS[kind]) for kind in kinds)
    return _("The text was not saved: it holds a %(kinds)s. Take it out and send again.") % {
        "kinds": named
    }


def certain_kinds(text: str) -> tuple[Kind, ...]:
    """Return the kinds of the certain hits in a text."""
    return tuple(sorted({hit.kind for hit in find_certain(text)}))


def points_at_a_person(text: str) -> bool:
    """Tell whether a short text, such as a column's name, has a hit other than a plate's."""
    return any(hit.kind not in {Kind.PLATE, Kind.SMALL_GROUP} for hit in find_hits(text))


def check(text: str) -> None:
    """Raise `PersonalData` if a text has a certain hit."""
    kinds = certain_kinds(text)
    if kinds:
        raise PersonalData(kinds)


def without_people(text: str) -> str:
    """Return a text with every hit, certain or not, blacked out: for the name of a file.

    >>> without_people("Kevin Andersson 850709-9805.csv")
    '▮ ▮.csv'
    """
    text = clean(text)
    for hit in reversed(find_hits(text)):
        text = text[: hit.start] + BLACKED_OUT + text[hit.end :]
    return text


@dataclass(frozen=True)
class Piece:
    """Some of a text: marked with what it looks like, or plain."""

    text: str
    label: str = ""


def pieces(text: str, hits: Iterable[Hit] | None = None) -> list[Piece]:
    """Return a text cut into plain and marked pieces, for a page to show."""
    text = clean(text)
    found, at = [], 0
    for hit in find_hits(text) if hits is None else hits:
        if hit.start > at:
            found.append(Piece(text[at : hit.start]))
        found.append(Piece(text[hit.start : hit.end], str(LABELS[hit.kind])))
        at = hit.end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found
