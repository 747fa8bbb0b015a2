"""The guard in the browser: the same rules, the same corpus, the same answers."""

from samlad.guard.detecting import clean, find_hits
from tests.guard import corpus

FIND = """
async (texts) => {
  const base = document.querySelector("script[src*='guard/fields.js']").src;
  const { findHits, prepared, clean } = await import(new URL("guard.js", base));
  const rules = prepared(await (await fetch(new URL("rules.json", base))).json());
  return texts.map((text) => findHits(text, rules).map((hit) => [hit.kind, clean(text).slice(hit.start, hit.end)]));
}
"""
ODD = [
    "070-174\u2003 06\r\n05", "811228\uff0d9874", "8112\u200e28--98 74", "Sko\u00adlan a\u030a",
    "", "=2+2", "rené@exempel.example", "  Kevin   Andersson ", "07" * 200, "Aa " * 300,
]  # fmt: skip


def test_the_browser_finds_what_the_server_finds(visit):
    page = visit("samordnare")
    page.goto("/handelser/ny/")
    texts = [
        sentence.text
        for name in (corpus.DEVELOPMENT, corpus.EVALUATION)
        for sentence in corpus.sentences(name)
    ] + ODD

    found = page.evaluate(FIND, texts)

    expected = [
        [[hit.kind.value, clean(text)[hit.start : hit.end]] for hit in find_hits(text)]
        for text in texts
    ]
    wrong = [t for t, a, b in zip(texts, found, expected, strict=True) if a != b]
    assert wrong == []


def test_it_says_so_while_one_writes_and_nothing_leaves_the_page(visit):
    page = visit("samordnare")
    page.goto("/handelser/ny/")
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.fill("[name=text]", "Ring 070-174 06 05")
    note = page.locator(".guard-certain")
    note.wait_for()

    assert "telefonnummer" in note.inner_text()
    assert all("rules.json" in url for url in sent)
