"""The guard finds what may point out a person, and lets ordinary sentences be."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.se import personnummer

from samlad.guard.detecting import clean, find_hits
from samlad.guard.kinds import CERTAIN, Kind
from tests.guard import corpus

DOCUMENT = Path(__file__).parents[2] / "docs/reference/guard.md"


def spans(text):
    return [(hit.kind.value, hit.start, hit.end) for hit in find_hits(text)]


def kinds(text):
    return [hit.kind for hit in find_hits(text)]


class TestCorpus:
    """Measured on sentences written for it, by one who had not seen the rules."""

    def test_there_are_enough_sentences_hard_ones_included(self):
        evaluation = corpus.sentences(corpus.EVALUATION)

        assert len(evaluation) >= 400
        assert sum(not sentence.spans for sentence in evaluation) >= 150

    @pytest.mark.parametrize("name", [corpus.DEVELOPMENT, corpus.EVALUATION])
    def test_every_personnummer_is_found(self, name):
        scores, _ = corpus.measure(corpus.sentences(name), spans)

        assert scores["personnummer"].recall == 1.0
        assert scores["personnummer"].precision == 1.0

    def test_the_table_in_the_documentation_is_what_is_measured(self):
        assert corpus.table(spans) in DOCUMENT.read_text()

    def test_no_sentence_stands_in_both_files(self):
        one, other = (
            {sentence.text for sentence in corpus.sentences(name)}
            for name in (corpus.DEVELOPMENT, corpus.EVALUATION)
        )

        assert not one & other


class TestPersonnummer:
    """Ten or twelve digits that begin with a day and end with the right check digit."""

    @given(
        day=st.dates(date(1900, 1, 1), date(2025, 12, 31)),
        serial=st.integers(980, 989),
        shape=st.sampled_from(["{d}{s}", "{d}-{s}", "{d} {s}", "{d} - {s}", "19{d}+{s}"]),
        before=st.sampled_from(["", "pnr:", "(", "Anmält av "]),
        after=st.sampled_from(["", ")", ".", ", igen"]),
        coordination=st.booleans(),
    )
    def test_is_found_in_every_shape(self, day, serial, shape, before, after, coordination):
        number = day.day + 60 if coordination else day.day
        ten = f"{day:%y%m}{number:02}{serial}"
        ten += luhn.calc_check_digit(ten)
        text = before + shape.format(d=ten[:6], s=ten[6:]) + after

        assert Kind.PERSONNUMMER in kinds(text)

    def test_agrees_with_the_library_on_the_digit(self):
        assert personnummer.is_valid("811228-9841")
        assert kinds("811228-9841") == [Kind.PERSONNUMMER]
        assert kinds("811228-9842") == [Kind.PERSONNUMMER_LIKE]

    @pytest.mark.parametrize(
        "hidden",
        ["8112\u00ad28-9841", "811228\u20119841", "811228\u200b-9841", "８１１２２８-9841"],
    )
    def test_is_found_behind_signs_that_do_not_show(self, hidden):
        assert kinds(hidden) == [Kind.PERSONNUMMER]

    @pytest.mark.parametrize(
        "text",
        ["2026-07-14 22.30", "KS 2023/00418", "vecka 4712", "N 6215433 E 374211",
         "ärende 8907121234-7", "OCR 8112289842", "2026-07-14 2230", "dnr 2018-0418"],
    )  # fmt: skip
    def test_a_date_or_a_number_of_something_else_is_none(self, text):
        assert not {Kind.PERSONNUMMER, Kind.PHONE} & set(kinds(text))


class TestText:
    """Texts as they are stored and compared."""

    @given(st.text(max_size=300))
    def test_any_text_gives_hits_in_order_that_do_not_overlap(self, text):
        hits = find_hits(text)

        assert list(hits) == sorted(hits, key=lambda hit: hit.start)
        assert all(a.end <= b.start for a, b in pairwise(hits))
        assert all(0 <= hit.start < hit.end <= len(clean(text)) for hit in hits)

    def test_composed_and_without_signs_that_do_not_show(self):
        assert clean("Sko\u00adlan a\u030a\x00") == "Skolan å"

    @pytest.mark.parametrize(
        "text", ["Holländargatan", "Svens skola", "Sven's school", "Erik Dahlbergsgatan 3",
                 "Gustav Adolfs torg", "Max 30 km/h", "Per person", "S:t Olofsgatan",
                 "Inga rapporter den här veckan."],
    )  # fmt: skip
    def test_a_street_or_a_word_is_no_name(self, text):
        assert Kind.NAME not in kinds(text)

    def test_the_certain_kinds_are_three(self):
        assert {Kind.PERSONNUMMER, Kind.PHONE, Kind.EMAIL} == CERTAIN

    def test_long_strings_of_the_same_take_no_time_to_speak_of(self):
        """No expression backtracks: the test's own time limit is the suite's."""
        for piece in ("0", "07", "a@", "Aa ", "tre killar ", "bor på ", "1-", "åk 8 "):
            find_hits(piece * (8000 // len(piece)))


def test_the_rules_are_plain_for_both_languages():
    """No named groups, no flags inside, no classes that differ between the two."""
    from samlad.guard.detecting import RULES

    text = RULES.read_text()

    assert not re.search(r"\(\?P<|\(\?[aiLmsux]+\)|\\\\[wWdDbBsS]", text)
