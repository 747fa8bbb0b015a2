"""A week of five organisations by its own clock, from an empty municipality to the feedback."""

import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import Reader, served
from tests.journeys.test_rounds import last_week, says, until, waiting
from tests.journeys.test_setup import AREAS

OFFLINE, NIL, SILENT, LATE, NAMING = (
    "Bostadsbolaget", "Skola", "Socialtjänst", "Samhällsbyggnad", "Kultur och fritid",
)  # fmt: skip
PEOPLE = {
    name: f"r{number}@bjuv.example" for number, name in enumerate((OFFLINE, NIL, LATE, NAMING))
}
WORDS = "en lång mening som lösenord"
ZONE = ZoneInfo("Europe/Stockholm")
EMPTY_WEEK_MINUTES = 3


@pytest.fixture
def installation(tmp_path_factory):
    """An installation of one municipality, set up from the command line, and served."""
    people = tmp_path_factory.mktemp("files") / "people.csv"
    rows = [f"{name};;Rapportör;{address};Rapportör" for name, address in PEOPLE.items()]
    people.write_text(
        "\n".join(["organisation;typ;namn;e-post;roll", *rows, f"{SILENT};socialtjanst;;;"])
    )
    arguments = {
        "--municipality": "1260",
        "--name": "Bjuvs kommun",
        "--person": "Samordnare",
        "--email": "samordnare@bjuv.example",
        "--areas": str(AREAS),
        "--people": str(people),
    }
    flat = [word for pair in arguments.items() for word in pair]
    with served(tmp_path_factory.mktemp("week"), "setup", *flat) as (address, said):
        yield address, "/inbjudan/" + said.split("/inbjudan/")[1].strip()


@pytest.fixture
def server(installation):
    """The address `visit` opens."""
    return installation[0]


def opened(page, invitation):
    """Choose a password with an invitation; one is signed in."""
    page.goto(invitation)
    page.fill("[name=password]", WORDS)
    if page.locator("[name=own]").count():
        page.check("[name=own]")
    page.click("main button[type=submit]")


def set_up(page):
    """Say who reports and is sent the picture; return each one's invitation."""
    for name in (*PEOPLE, SILENT):
        page.goto("/omgangar/rapportorer/")
        page.locator("[name=organisation]").first.select_option(label=name)
        page.fill("[name=starts_on]", (datetime.now(ZONE) - timedelta(14)).date().isoformat())
        page.locator("main form.form button[type=submit]").first.click()
    page.goto("/omgangar/mottagare/")
    page.locator("[name=organisation]").first.select_option(label=OFFLINE)
    page.locator("main form.form button[type=submit]").first.click()
    page.goto("/kom-igang/")
    page.click("text=Inbjudningar, med länk")
    page.click("text=Skapa inbjudningar")
    return {
        name: page.locator(".invitation").nth(number).locator(".hash").inner_text()
        for number, name in enumerate(PEOPLE)
    }


def start_round(page, minutes):
    """Set the process's clock so that last week's round closes soon; return when."""
    now = datetime.now(ZONE)
    closes = (now + timedelta(minutes=minutes, seconds=59)).replace(second=0)
    monday = now.date() - timedelta(now.weekday())
    page.goto("/omgangar/process/")
    page.fill("[name=first_on]", (monday - timedelta(7)).isoformat())
    page.select_option("[name=holidays]", "held")
    day = (closes.date() - monday).days + 1
    for name, days, clock in (
        ("reminds", day, "00:00"),
        ("closes", day, f"{closes:%H:%M}"),
        ("review_by", day + 1, "12:00"),
        ("adopt_by", day + 2, "12:00"),
        ("dispatch_by", day + 3, "12:00"),
    ):
        page.fill(f"[name={name}_day]", str(days))
        page.fill(f"[name={name}_time]", clock)
    page.click("main button[type=submit]")
    return closes


def report(page, what, area="Centrala Bjuv", text=""):
    """Fill one event of last week in."""
    page.locator("#vad label", has_text=what).click()
    page.fill("#var-sok", area)
    page.locator("#nar label", has_text="Välj").click()
    page.fill("#dag", last_week())
    if text:
        page.evaluate("document.getElementById('text').closest('details').open = true")
        page.fill("#text", text)


def compiled(page):
    for _ in range(60):
        if page.locator("#id_summary").count():
            return
        time.sleep(0.5)
        page.reload()
    raise AssertionError(page.inner_text("main"))


def test_a_week_of_five_organisations(installation, visit, violations):
    coordinator = visit()
    opened(coordinator, installation[1])
    invitations = set_up(coordinator)
    phones = {}
    for name, invitation in invitations.items():
        phones[name] = visit(None, 360)
        opened(phones[name], invitation)
    closes = start_round(coordinator, minutes=1)
    for page in phones.values():
        page.goto("/rapportera/")
        until(page, "!document.getElementById('handelse').hidden")
        until(
            page, "navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)"
        )

    phones[NIL].click("#inget")
    says(phones[NIL], "inget att rapportera")

    away = phones[OFFLINE]
    where = away.locator("#var-lista option").first.get_attribute("value")
    away.context.set_offline(True)
    for what in ("Skadegörelse", "Klotter"):
        report(away, what, where)
        away.click("#till")
        says(away, "Tillagd")
    report(away, "Nedskräpning", where)
    away.check("#klart")
    away.click("#skicka")
    says(away, "väntar på telefonen")
    away.goto("/start/")  # any other page opens the one to report from
    until(away, "document.querySelectorAll('#vantar-lista li').length === 1")
    away.context.set_offline(False)
    away.evaluate("dispatchEvent(new Event('online'))")
    says(away, "Skickat")
    assert waiting(away) == 0

    naming = phones[NAMING]
    report(naming, "Klotter", where, "Han heter 19900101-2385")
    naming.check("#klart")
    naming.click("#skicka")
    until(naming, "document.getElementById('fel').textContent.includes('pekar ut en person')")
    naming.fill("#text", "Klotter på väggen vid entrén")
    naming.click("#skicka")
    says(naming, "Skickat")
    assert datetime.now(ZONE) < closes, "the reports took longer than the round was open"

    while datetime.now(ZONE) <= closes:
        time.sleep(1)
    late = phones[LATE]
    late.goto("/rapportera/")
    until(late, "!document.getElementById('handelse').hidden")
    report(late, "Skadegörelse", where)
    late.check("#klart")
    late.click("#skicka")
    says(late, "Skickat")

    started = time.monotonic()
    coordinator.goto("/omgangar/")
    coordinator.locator(".card", has_text="Stängd").locator("a").first.click()
    called = {
        row.locator("th").inner_text().strip(): row.inner_text()
        for row in coordinator.locator("tbody tr").all()
    }
    assert "tyst" in called[SILENT].lower()
    assert "inget att rapportera" in called[NIL].lower()
    assert "sen" in called[LATE]
    assert "lämnad" in called[OFFLINE].lower()
    assert "4 av 5 har lämnat" in coordinator.inner_text("main")
    assert violations(coordinator) == []
    coordinator.click("text=Granska:")
    assert coordinator.locator("[data-decision=open]").count() == 5
    while coordinator.locator("[data-decision=open]").count():
        with coordinator.expect_navigation():
            coordinator.keyboard.press("m")
    coordinator.click("text=Granskning klar: sammanställ lägesbilden")
    compiled(coordinator)
    coordinator.fill("#id_summary", "En vanlig vecka.")
    coordinator.click("text=Lägg till ett fokus")
    coordinator.select_option("[name=focus-organisation]", label=NAMING)
    coordinator.fill("[name=focus-what]", "Väggen vid entrén")
    coordinator.click("#fokus button:has-text('Spara')")
    assert coordinator.input_value("#id_summary") == "En vanlig vecka."  # nothing is lost
    coordinator.click("text=Fastställ lägesbilden")
    coordinator.click("text=Skicka till mottagarna")
    assert "Skickad till" in coordinator.inner_text(".app-messages")
    seconds = time.monotonic() - started
    sys.stderr.write(f"\nfive organisations, from close to dispatch: {seconds:.0f} s by script\n")

    for name, number in ((OFFLINE, 3), (NAMING, 1), (LATE, 1)):
        phones[name].goto("/rapportera/mina/")
        told = phones[name].inner_text("main")
        assert told.count("Gick in i lägesbilden") == number
    away.goto("/lagesbild/")
    away.locator("main a", has_text="Lägesbild").first.click()
    told = away.inner_text("main")
    assert "4 av 5" in told
    assert "tyst sedan" not in told


def test_an_empty_week_takes_three_minutes(installation, visit):
    """Nobody reported: from the close to the dispatch, every word of every page read."""
    page = visit()
    opened(page, installation[1])
    set_up(page)
    start_round(page, minutes=30)
    reader = Reader(page)
    page.goto("/omgangar/")
    reader.press(page.locator(".card", has_text=last_week_label()).locator("a").first)
    reader.press("text=Stäng nu")
    reader.press("text=Granska:")
    reader.press("button:has-text('Granskning klar')")
    compiled(page)
    reader.write("#id_summary", "Inga rapporter den här veckan.")
    reader.press("text=Fastställ lägesbilden")
    assert page.locator("text=Skicka till mottagarna").count(), page.inner_text("main")
    reader.press("text=Skicka till mottagarna")
    assert "Skickad till" in page.inner_text(".app-messages")

    sys.stderr.write(f"\nan empty week: {reader.says()}\n")
    assert reader.minutes < EMPTY_WEEK_MINUTES


def last_week_label():
    return f"v. {(datetime.now(ZONE) - timedelta(7)).isocalendar().week}"
