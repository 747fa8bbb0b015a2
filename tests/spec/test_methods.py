"""The examples of docs/methods hold, and the pages are written from them."""

import pytest

from samlad.picture import method_pages
from tests.spec import writing
from tests.spec.examples import EXAMPLES, parse


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_the_example_comes_out_as_drawn(example):
    first, second = parse(example.expected).values()

    outcome = example.outcome(parse(example.inputs))

    assert [name for name, _ in outcome] == first
    assert [value for _, value in outcome] == second


def test_every_method_has_a_page_and_an_example():
    assert tuple(example.slug for example in EXAMPLES) == method_pages.SLUGS
    assert set(method_pages.PAGE_OF.values()) <= set(method_pages.SLUGS)


@pytest.mark.parametrize("slug", method_pages.SLUGS)
def test_a_page_says_how_under_which_assumption_and_with_which_limits(slug):
    found = method_pages.page(slug)

    titles = ["Så görs det", "Vad som antas", "Vad metoden inte kan", "Källor"]
    assert [section.title for section in found.sections] == titles
    assert found.asks.endswith("?")
    assert all(section.paragraphs or section.points for section in found.sections)


def test_the_pages_in_docs_are_the_ones_written_here():
    for name, text in writing.pages().items():
        assert (writing.FOLDER / name).read_text() == text, f"{name}: run `make reference`"
