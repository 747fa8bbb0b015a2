"""From an empty installation to an open round, by one person: steps counted, nothing known."""

import re
import sys
import time
from pathlib import Path

import pytest

from tests.journeys.conftest import served

AREAS = Path(__file__).parents[2] / "src/samlad/demo/data/regso_2025_bjuv.geojson"
PEOPLE = """organisation;typ;namn;e-post;roll
Bostadsbolaget;Bostadsbolag;Rapportör ett;r1@bolaget.example;Rapportör
Lokalpolisområdet;Polis;Kommunpolis ett;p1@polisen.example;Kommunpolis
Skola;Skola;;;
Okänd rad;Slott;;;
"""
MOST_STEPS = 60


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """An installation with nothing in it, served; and the address where one begins."""
    with served(tmp_path_factory.mktemp("empty"), "setup") as installation:
        yield installation


def test_from_empty_to_an_open_round(empty, browser, violations, tmp_path):
    address, beginning = empty
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    steps = 0

    def step(do):
        nonlocal steps
        steps += 1
        do()

    def fill(name, value):
        step(lambda: page.fill(f"[name={name}]", value))

    page.goto(beginning)
    assert violations(page) == []
    fill("code", "1260")
    fill("name", "Bjuvs kommun")
    fill("person", "Den som börjar")
    fill("email", "start@bjuv.example")
    step(lambda: page.click("main button[type=submit]"))
    assert violations(page) == []
    fill("password", "en lång mening som lösenord")
    step(lambda: page.click("main button[type=submit]"))
    page.wait_for_url("**/kom-igang/")
    assert violations(page) == []
    assert page.request.get(beginning).status == 404  # it works once

    step(lambda: page.click("main >> text=Områden ur SCB"))
    page.set_input_files("[name=file]", AREAS)
    fill("valid_from", "2018-01-01")
    step(lambda: page.click("main button[type=submit]"))

    page.goto("/kom-igang/")
    step(lambda: page.click("text=Organisationer och personer, ur ett kalkylblad"))
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE, encoding="windows-1252")
    page.set_input_files("[name=file]", people)
    step(lambda: page.click("main button[type=submit]"))
    assert "Rad 5: Okänd typ av organisation" in page.inner_text("main")
    assert "Nya: 3 organisationer, 2 personer, 2 roller." in page.inner_text("main")
    assert violations(page) == []

    page.goto("/kom-igang/")
    step(lambda: page.click("text=Inbjudningar, med länk"))
    step(lambda: page.click("text=Skapa inbjudningar"))
    assert page.locator(".qr svg").count() == 2
    assert violations(page) == []
    invitation = page.locator(".invitation", has_text="Rapportör ett").locator(".hash").inner_text()

    page.goto("/kom-igang/")
    step(lambda: page.click("main >> text=Takt och klocka"))
    step(lambda: page.click("main button[type=submit]"))
    for organisation in ("Bostadsbolaget", "Lokalpolisområdet", "Skola"):
        page.goto("/omgangar/rapportorer/")
        step(
            lambda name=organisation: page.locator("[name=organisation]").first.select_option(
                label=name
            )
        )
        step(page.locator("main form.form button[type=submit]").first.click)
    page.goto("/kom-igang/")
    told = page.inner_text("main")
    assert re.search(r"En omgång är öppen: v\. \d+", told)
    assert steps <= MOST_STEPS
    sys.stderr.write(f"\nfrom empty to an open round: {steps} steps\n")

    phone = browser.new_context(base_url=address, viewport={"width": 360, "height": 800})
    other = phone.new_page()
    other.goto(invitation)
    assert violations(other) == []
    other.fill("[name=password]", "en annan lång mening här")
    other.check("[name=own]")
    other.click("main button[type=submit]")
    other.wait_for_url("**/rapportera/")
    for _ in range(50):
        if other.evaluate("!document.getElementById('handelse').hidden"):
            break
        time.sleep(0.1)
    assert "Bostadsbolaget" in other.inner_text("#veckan-lage")
    assert phone.request.get(invitation).status == 410  # and so does an invitation
    context.close()
    phone.close()
