"""From a real incident file to an adopted lägesbild, as the coordinator does it."""

import io

import pypdf
from playwright.sync_api import Error


def wait_until(page, condition, seconds=60):
    """Poll with evaluate: the content policy forbids what wait_for_function does."""
    for _ in range(seconds * 5):
        try:
            if page.evaluate(condition):
                return
        except Error:
            pass  # the page was on its way to the next
        page.wait_for_timeout(200)
    raise AssertionError(f"never: {condition}")


def test_from_a_file_to_an_adopted_picture_and_its_pdf(visit, tmp_path):
    page = visit("samordnare")
    path = tmp_path / "väktare.csv"
    path.write_text(
        "Datum;Typ;Område;Antal\n2026-11-02 22:10;Buskörning;Ekeby;1\n2026-11-03;Klotter;Bjuv;1\n",
        encoding="windows-1252",
    )

    # The file: chosen, seen as understood, read.
    page.click("nav >> summary:has-text('Händelser')")
    page.click("nav >> text=Inläsning")
    page.click("main >> text=Läs in en fil")
    page.select_option("[name=source]", label="Väktarrapporter")
    page.set_input_files("[name=file]", path)
    page.click("text=Gå vidare")
    assert "2026-11-02 22:10" in page.inner_text("main")
    page.click("main >> button:has-text('Läs in filen')")
    wait_until(page, "document.querySelector('.sums') !== null")
    assert "2" in page.inner_text(".sums")

    # This week's picture: compiled again with it, edited by keyboard, reviewed, adopted.
    page.goto("/lagesbild/2/")
    page.click("main >> button:has-text('Räkna om')")
    wait_until(page, "document.querySelector('[data-finding]') !== null")
    findings = page.locator("[data-finding]").count()
    assert findings >= 2
    assert "mot väntade" in page.inner_text("main")
    page.locator("[data-finding]").nth(0).focus()
    page.keyboard.press("b")
    wait_until(page, "document.querySelectorAll('[data-decision=kept]').length === 1")
    for n in range(1, findings):
        page.locator("[data-finding]").nth(n).focus()
        page.keyboard.press("a")
        page.keyboard.press("1")
        wait_until(page, f"document.querySelectorAll('[data-decision=dismissed]').length === {n}")
    page.fill("[name=summary]", "Skadegörelsen i Billesholm är hög.")
    page.click("button:has-text('Granskning klar')")
    page.click("button:has-text('Fastställ')")
    assert "Fastställd" in page.inner_text(".tag")
    assert "Skadegörelsen i Billesholm är hög." in page.inner_text("main")

    police = visit("kommunpolis")
    assert police.request.get("/lagesbild/2/").status == 404

    # Downloaded as a tagged PDF that says what the page says.
    with page.expect_download() as download:
        page.click("text=Ladda ner PDF")
    content = io.BytesIO(download.value.path().read_bytes())
    reader = pypdf.PdfReader(content)
    text = "".join(one.extract_text() for one in reader.pages)
    assert reader.trailer["/Root"]["/Lang"] == "sv-SE"
    assert "Skadegörelsen i Billesholm är hög." in text.replace("\n", " ")
    assert "Påhittade lokala rapporter" in text

    # Made available to the police, who did not see it before.
    page.select_option("[name=organisation]", label="Lokalpolisområdet")
    page.click("button:has-text('Gör tillgänglig')")
    police.goto("/lagesbild/2/")
    assert "Fastställd" in police.inner_text(".tag")


def test_the_map_and_the_table_say_the_same(visit):
    page = visit("samordnare")
    page.goto("/lagesbild/1/")
    wait_until(page, "document.querySelector('[data-area-map]').dataset.ready === 'true'")
    page.select_option("[name=source]", label="Polisanmälningar")
    wait_until(page, "location.search.includes('source=polisanmalningar')")
    wait_until(page, "document.querySelector('[data-area-map]').dataset.ready === 'true'")

    rows = page.locator("#var tbody tr")
    assert rows.count() > 0
    assert "Väktarrapporter" not in page.inner_text("#var table")


def test_it_works_without_javascript(visit):
    page = visit("samordnare", java_script_enabled=False)
    page.goto("/lagesbild/1/?source=polisanmalningar")

    assert page.locator("#var tbody tr").count() > 0
    assert page.locator(".drawing svg, noscript").count() >= 0


def test_the_keyboard_reaches_the_content_first(visit):
    page = visit("samordnare")
    page.goto("/lagesbild/1/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ds-skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
