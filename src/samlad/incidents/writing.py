"""What becomes of the words of a row or a report: shown, held for a reviewer, or not stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from samlad.guard.detecting import clean, find_hits
from samlad.guard.kinds import CERTAIN, Kind
from samlad.incidents.faults import PlaceFault
from samlad.incidents.models import IncidentText
from samlad.incidents.workflow import TextState
from samlad.intake.rows import Row

LONGEST_TEXT, LONGEST_PLACE = 2000, 200
PLACE_IN_WORDS = frozenset({PlaceFault.UNKNOWN_PLACE, PlaceFault.UNKNOWN_AREA})


@dataclass
class Writing:
    """The words of one incident and what the guard says of them."""

    text: str = ""
    place_text: str = ""
    kinds: set[Kind] = field(default_factory=set)

    @property
    def state(self) -> TextState | None:
        """Return who may see the words, or None if there are none."""
        if self.kinds & CERTAIN:
            return TextState.REMOVED
        if not self.text and not self.place_text:
            return None
        return TextState.HELD if self.kinds else TextState.SHOWN

    def kept(self, text: str) -> str:
        """Return a further short text of the row, or "" if it holds a certain hit."""
        kinds = {hit.kind for hit in find_hits(text) if hit.is_certain}
        self.kinds |= kinds
        return "" if kinds else text

    def row(self) -> IncidentText:
        """Return the words as they are stored."""
        state = self.state
        removed = state == TextState.REMOVED
        return IncidentText(
            state=state or TextState.SHOWN,
            text="" if removed else self.text,
            place_text="" if removed else self.place_text,
            kinds=" ".join(sorted(self.kinds)),
        )


def written(text: str, place_text: str = "") -> Writing:
    """Return a text and a place in words with what the guard says of both."""
    text, place_text = clean(text)[:LONGEST_TEXT], clean(place_text)[:LONGEST_PLACE]
    kinds = {hit.kind for part in (text, place_text) for hit in find_hits(part)}
    return Writing(text, place_text, kinds)


def writing_of(row: Row, fault: str) -> Writing:
    """Return the words of a row: its text, and the place it names where nobody knows it."""
    place = (row.place or row.area) if fault in PLACE_IN_WORDS else ""
    return written(row.text, place)
