"""What becomes of the words of a row or a report: shown, held for a reviewer, or not stored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac

from samlad.guard import refusing
from samlad.guard.detecting import clean, find_certain, find_hits
from samlad.guard.kinds import CERTAIN, Kind
from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import IncidentText
from samlad.incidents.workflow import TextState
from samlad.intake.rows import Row

LONGEST_TEXT, LONGEST_PLACE, LONGEST_WORD, LONGEST_ID = 2000, 200, 120, 120
OVER = 100  # characters looked at beyond where a text is cut: a hit may lie across
_MAY_NAME = re.compile(r"^[^\W\d_]+$|[^\W\d_]{2}[\s,]|[0-9]{6}[-+ ]?[0-9]{4}")
PLACE_IN_WORDS = frozenset({PlaceFault.UNKNOWN_PLACE, PlaceFault.UNKNOWN_AREA})


@dataclass
class Writing:
    """The words of one incident, without those that hold a certain hit, and what was hit."""

    text: str = ""
    place_text: str = ""
    kinds: set[Kind] = field(default_factory=set)
    lost: bool = False

    @property
    def state(self) -> TextState | None:
        """Return who may see the words, or None if there are none and were none."""
        if not self.text and not self.place_text:
            return TextState.REMOVED if self.lost else None
        return TextState.HELD if self.kinds - CERTAIN else TextState.SHOWN

    def kept(self, text: str, longest: int) -> str:
        """Return words, cut; or "" if they hold a certain hit. Notes what was hit."""
        text = clean(text[: longest + 2 * OVER])
        hits = find_hits(text[: longest + OVER])
        self.kinds |= {hit.kind for hit in hits}
        if any(hit.is_certain for hit in hits):
            self.lost = True
            return ""
        return text[:longest]

    def kept_code(self, text: str, longest: int) -> str:
        """Return an id, a link or the like, looked at for certain hits only."""
        kinds = {hit.kind for hit in find_certain(text[: longest + OVER])}
        self.kinds |= kinds
        self.lost = self.lost or bool(kinds)
        return "" if kinds else text[:longest]

    def kept_word(self, word: str, longest: int) -> str:
        """Return the supplier's word for a category; one that may name somebody is a text."""
        if not refusing.points_at_a_person(word):
            return word[:longest]
        kept = self.kept(word, longest)
        self.text = " – ".join(part for part in (kept, self.text) if part)[:LONGEST_TEXT]
        return ""

    def row(self) -> IncidentText:
        """Return the words as they are stored."""
        return IncidentText(
            state=self.state or TextState.SHOWN,
            text=self.text,
            place_text=self.place_text,
            kinds=" ".join(sorted(self.kinds)),
            lost=self.lost,
        )


def written(text: str, place_text: str = "") -> Writing:
    """Return a text and a place in words with what the guard says of both."""
    words = Writing()
    words.text = words.kept(text, LONGEST_TEXT)
    words.place_text = words.kept(place_text, LONGEST_PLACE)
    return words


def unnamed(external_id: str) -> str:
    """Return an id as it is, or where it may point out a person as a keyed hash of it.

    The row keeps its identity: the same id gives the same hash, here and nowhere else.
    """
    if not _MAY_NAME.search(external_id):
        return external_id
    if not refusing.points_at_a_person(external_id):
        return external_id
    return f"dold:{salted_hmac('samlad.incidents.external_id', external_id).hexdigest()}"


def identity(external_id: str) -> str:
    """Return an id as it is compared and stored: none where it holds a certain hit."""
    return unnamed(Writing().kept_code(external_id, LONGEST_ID))


def writing_of(row: Row, fault: str) -> Writing:
    """Return the words of a row: its text, and the place it names where nobody knows it."""
    place = (row.place or row.area) if fault in PLACE_IN_WORDS else ""
    return written(row.text, place)
