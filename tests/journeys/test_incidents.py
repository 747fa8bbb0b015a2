"""From a spreadsheet to the list, the map and back out; and a report from a phone."""

import re
from datetime import date, timedelta

import openpyxl

from tests.journeys.test_picture import wait_until


def spreadsheet(path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Bostadsbolagets lista (påhittad)"])
    sheet.append(["Datum", "Klockslag", "Händelse", "Område", "Antal", "Anteckning"])
    day = date.today() - timedelta(3)
    for n in range(30):
        sheet.append([day, f"{8 + n % 12}:15", "Klotter", "Bjuv", "1 st", f"Port {n}"])
    sheet.append([None, "8:15", "Klotter", "Bjuv", 1, "utan dag"])
    sheet.append([day, "8:15", "Klotter", "Bjuv", 1, "Kevin Andersson syntes"])
    sheet.append([day, "8:15", "Klotter", "Bjuv", 1, "Anmält av 850709-9805"])
    book.save(path)
    return path


def number(text):
    return int(re.sub(r"\D", "", text))


def test_a_spreadsheet_goes_in_is_looked_at_and_undone(visit, violations, tmp_path):
    page = visit("samordnare", 1280)
    page.goto("/handelser/inlasning/ny/")
    page.select_option("[name=source]", label="Bostadsbolagets rapporter")
    page.set_input_files("[name=file]", spreadsheet(tmp_path / "lista.xlsx"))
    page.click("main form button[type=submit]")
    assert violations(page) == []
    assert "Klotter" in page.inner_text("main table")
    page.click("button[name=read]")
    page.wait_for_selector("dl.sums", timeout=60_000)
    sums = page.inner_text("dl.sums")
    assert violations(page) == []
    assert [int(n) for n in re.findall(r"\d+", sums)] == [33, 32, 1, 0]
    assert "personnummer" in page.inner_text("main")

    page.goto("/handelser/granska/")
    assert violations(page) == []
    before = page.locator("article.held").count()
    page.locator("article.held", has_text="syntes").get_by_role(
        "button", name=re.compile("Maskera")
    ).click()
    assert page.locator("article.held").count() == before - 1

    page.goto("/handelser/")
    page.select_option("[name=source]", label="Bostadsbolagets rapporter")
    page.select_option("[name=category]", "klotter")
    wait_until(page, "document.querySelector('#incidents .lead').innerText.includes('Bostads')")
    wait_until(page, "document.querySelectorAll('tbody th[scope=row]').length === 1")
    page.wait_for_selector("[data-incident-map][data-ready]", timeout=30_000)
    placed = number(page.inner_text("tfoot td:nth-child(3)"))
    assert (
        page.evaluate("Number(document.querySelector('[data-incident-map]').dataset.sum)") == placed
    )
    assert violations(page) == []
    with page.expect_download() as download:
        page.click("text=Excel")
    assert download.value.suggested_filename.endswith(".xlsx")

    page.goto("/handelser/inlasning/")
    page.click("text=lista.xlsx")
    page.click("summary:has-text('Ångra filen')")
    page.click("button:has-text('Ångra filen')")
    assert "ångrad" in page.inner_text("main")


def test_a_report_from_a_phone(visit, violations):
    page = visit("rapportor", 360)
    page.goto("/handelser/ny/")
    assert violations(page) == []
    page.select_option("[name=category]", label="Klotter")
    page.check("[name=when][value=night]")
    page.click("summary:has-text('Peka ut')")
    page.wait_for_selector("[data-point-map][data-ready]", timeout=30_000)
    page.click("[data-take-middle]")
    assert "En punkt är vald" in page.inner_text("[data-point-map]")
    page.fill("[name=text]", "Fem killar i åk 8 på Ekskolan")
    page.click("text=Skicka rapporten")
    assert "räkna ut" in page.inner_text("main")
    assert violations(page) == []
    page.fill("[name=text]", "Klotter på elskåpet")
    page.click("text=Skicka rapporten")

    assert "Rapporten är inne" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
