"""The guard's corpus: sentences with ⟦kind|words⟧ where a person may be pointed out.

Two files: rules were written with the development sentences in view, and measured on the
evaluation sentences, whose author did not see the rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DEVELOPMENT, EVALUATION = "corpus_development.txt", "corpus_evaluation.txt"
_MARK = re.compile(r"⟦(\w+)\|([^⟧]*)⟧")

Span = tuple[str, int, int]


@dataclass(frozen=True)
class Sentence:
    """A sentence as people write it, and its marked spans."""

    text: str
    spans: tuple[Span, ...]


def sentences(name: str) -> list[Sentence]:
    """Return the sentences of one file."""
    found = []
    for line in (HERE / name).read_text().splitlines():
        if line and not line.startswith("#"):
            found.append(_parsed(line))
    return found


def _parsed(line: str) -> Sentence:
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append((mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        at = mark.end()
    return Sentence(text + line[at:], tuple(spans))


@dataclass
class Score:
    """Marked spans found and missed, and hits on words that are not marked."""

    found: int = 0
    missed: int = 0
    false: int = 0

    @property
    def precision(self) -> float:
        """Return found of all hits."""
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        """Return found of all marked."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


def measure(
    corpus: Iterable[Sentence], find: Callable[[str], Iterable[Span]]
) -> tuple[dict[str, Score], list[str]]:
    """Return the score of each kind, and what went wrong. Overlap counts as found."""
    scores: dict[str, Score] = {}
    wrong = []
    for sentence in corpus:
        hits = list(find(sentence.text))
        for kind, start, end in sentence.spans:
            same = [h for h in hits if h[0] == kind and h[1] < end and h[2] > start]
            score = scores.setdefault(kind, Score())
            score.found += bool(same)
            score.missed += not same
            if not same:
                wrong.append(f"missed {kind}: {sentence.text[start:end]} | {sentence.text}")
        for kind, start, end in hits:
            if not any(s[0] == kind and s[1] < end and s[2] > start for s in sentence.spans):
                scores.setdefault(kind, Score()).false += 1
                wrong.append(f"false {kind}: {sentence.text[start:end]} | {sentence.text}")
    return scores, wrong


def table(find: Callable[[str], Iterable[Span]]) -> str:
    """Return precision and recall per kind on the evaluation sentences, as documented."""
    scores, _ = measure(sentences(EVALUATION), find)
    lines = [
        "| kind | marked | found | false hits | precision | recall |",
        "|---|---|---|---|---|---|",
    ]
    for kind in sorted(scores):
        one = scores[kind]
        lines.append(
            f"| {kind} | {one.found + one.missed} | {one.found} | {one.false} "
            f"| {one.precision:.2f} | {one.recall:.2f} |"
        )
    return "\n".join(lines)
