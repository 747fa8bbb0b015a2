"""Write docs/methods from the method pages and their examples: python -m tests.spec.writing."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

from samlad.picture import method_pages
from tests.spec.examples import EXAMPLES, Example

FOLDER = Path(__file__).parents[2] / "docs" / "methods"
SOURCES = "## Källor\n"
GENERATED = "<!-- Skriven av tests/spec: kör `make reference`. -->\n"


def pages() -> dict[str, str]:
    """Return every page by file name."""
    index = [
        GENERATED,
        "# Metoderna i en lägesbild\n",
        "Varje fynd länkar till sin metod. Exemplen är påhittade och körs som prov.\n",
    ]
    written = {}
    for example in EXAMPLES:
        method = method_pages.page(example.slug)
        index.append(f"* [{method.title}]({example.slug}.md): {method.asks}")
        written[f"{example.slug}.md"] = _page(example)
    return {"README.md": "\n".join(index) + "\n", **written}


def _page(example: Example) -> str:
    text = (method_pages.FOLDER / f"{example.slug}.md").read_text()
    body, sources = text.split(SOURCES)
    worked = [
        "## Exempel\n", f"{example.says}\n", dedent(example.inputs).strip() + "\n",
        "ger\n", dedent(example.expected).strip() + "\n", f"{example.so}\n",
    ]  # fmt: skip
    return "\n".join([GENERATED, body, *worked, SOURCES.strip(), sources.rstrip()]) + "\n"


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
    sys.stdout.write(f"{len(pages())} pages in {FOLDER}\n")


if __name__ == "__main__":
    main()
