"""From a finding to an assessed measure, and back to the council that decided it."""

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import served

TODAY = datetime.now(ZoneInfo("Europe/Stockholm")).date()


WEEKS = 30
READINGS = {
    "ingen säkerställd förändring", "tydlig minskning", "tydlig ökning", "för få händelser",
    "går inte att avgöra",
}  # fmt: skip
EARLIER = """
import sys, django
django.setup()
from datetime import datetime, time, timedelta
from django.utils import timezone
from samlad.accounts.models import User
from samlad.measures import evaluation_actions as actions
from samlad.measures.models import Measure

measure = Measure.objects.select_related("evaluation").get(pk=int(sys.argv[1]))
had = measure.evaluation
measure.starts_on -= timedelta(weeks=int(sys.argv[2]))
measure.save()
start = timezone.make_aware(datetime.combine(measure.starts_on, time(10)))
coordinator = User.objects.get(email="samordnare@bjuv.example")
actions.propose(
    measure_id=measure.pk, source_id=had.source_id, category_id=had.category_id, weeks=20,
    by=coordinator, now=start - timedelta(9),
)
actions.freeze(measure_id=measure.pk, now=start)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("measures")


@pytest.fixture(scope="module")
def server(folder):
    """A demonstration of its own: its week is adopted here."""
    with served(folder, "demo") as (address, _):
        yield address


def begun_earlier(folder, measure):
    """Let the same measure have been proposed and begun thirty weeks ago: a journey cannot wait."""
    environ = os.environ | {
        "SAMLAD_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "samlad.config.settings"
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", EARLIER, measure.rstrip("/").split("/")[-1], str(WEEKS)],
        env=environ, check=True,
    )  # fmt: skip


def adopted(page):
    """Review, compile and adopt last week's picture; return the address of the picture."""
    page.goto("/omgangar/")
    page.locator(".card", has_text="Stängd").locator("a").first.click()
    page.click("text=Granska:")
    page.click("text=utan markering")
    page.click("button:has-text('Avsluta granskningen'), button:has-text('Granskning klar')")
    for _ in range(60):
        if page.locator("#id_summary").count():
            break
        time.sleep(0.5)
        page.reload()
    while page.locator("article[data-decision=open]").count():
        with page.expect_navigation():
            page.keyboard.press("b")
    page.fill("#id_summary", "En vecka. (Påhittad text.)")
    page.click("text=Fastställ lägesbilden")
    page.click("main a:has-text('Lägesbild')")
    return page.url


def test_from_a_finding_to_a_reading_and_back_to_the_council(visit, violations, folder):
    page = visit("samordnare")
    adopted(page)
    page.click("text=formulera problemet >> nth=0")
    assert page.input_value("[name=name]")
    page.fill("[name=name]", "Skadegörelse i Billesholm")
    page.click("main button[type=submit]")
    problem = page.url
    assert page.locator("main a[href*='/lagesbild/']").count() == 1  # the frozen finding

    page.click("text=Lägg till en orsak")
    page.select_option("[name=cause-bone]", "objekt_plats")
    page.fill("[name=cause-text]", "Mörkt bakom hallen")
    page.click("#orsaker button:has-text('Lägg till')")
    assert page.locator("svg[role=img]").count() == 1
    page.click("text=Sätt ett mål >> nth=0")
    page.fill("[name=goal-what]", "Hälften så många till nästa år")
    page.fill("[name=goal-target]", "20")
    page.fill("[name=goal-target_year]", str(TODAY.year + 1))
    page.click("button:has-text('Sätt målet')")
    assert "Ännu inte" in page.inner_text("#mal")  # measurable, accepted, realistic
    assert violations(page) == []

    page.goto("/rad/1/")
    page.click("text=Planera ett möte")
    now = datetime.now(ZoneInfo("Europe/Stockholm")) - timedelta(minutes=5)
    page.fill("[name=meeting-starts_at]", f"{now:%Y-%m-%dT%H:%M}")
    page.click("button:has-text('Planera')")
    assert page.locator("main ol li").count() >= 3  # proposed of what waits
    page.click("button:has-text('Spara') >> nth=-1")
    meeting = page.url
    page.click("text=Anteckna ett beslut")
    page.fill("[name=decision-text]", "Väktare i Billesholm på helgkvällar")
    page.select_option("[name=decision-organisation]", label="Bevakningsföretaget")
    page.select_option("[name=decision-work]", label="förebyggande")
    page.select_option("[name=decision-problem]", label="Skadegörelse i Billesholm")
    page.click("#beslut button:has-text('Besluta')")
    page.click("#beslut a:has-text('Väktare i Billesholm')")
    measure = page.url
    assert "Beslutad av" in page.inner_text("main")

    page.click("a:has-text('Ändra')")
    page.check("[name=kind][value=forebyggande]")
    page.select_option("[name=problem]", label="Skadegörelse i Billesholm")
    page.select_option("[name=area]", label="Billesholm norra")
    page.click("summary:has-text('När och varför')") if not page.is_visible(
        "[name=starts_on]"
    ) else None
    page.fill("[name=starts_on]", (TODAY + timedelta(7)).isoformat())
    page.click("main button:has-text('Spara')")
    page.click("text=Bestäm hur effekten läses av")
    page.select_option("[name=evaluation-source]", label="Polisanmälningar")
    page.select_option("[name=evaluation-category]", label="Skadegörelse")
    page.click("button:has-text('Föreslå')")
    effect = page.inner_text("#effekt")
    assert "väntade händelser" in effect
    assert "fryses när åtgärden startar" in effect
    assert violations(page) == []

    page.goto(problem)
    assert "Väktare i Billesholm på helgkvällar" in page.inner_text("main")

    begun_earlier(folder, measure)
    page.goto(measure)
    page.click("button:has-text('Läs av effekten')")
    reading = page.inner_text(".reading strong")
    assert reading in READINGS
    assert "Vad andra metoder säger. De avgör ingenting." in page.inner_text("#effekt")
    page.goto(problem)
    assert f"Effekt: {reading}" in page.inner_text("main")

    page.goto(measure)
    page.click("text=Följ upp >> nth=-1")
    page.select_option("[name=follow-status]", "klar")
    page.check("[name=follow-every_time][value=alltid]")
    page.click("#uppfoljning button:has-text('Spara')")
    assert "varje gång" in page.inner_text("#uppfoljning")
    page.goto(meeting)
    assert f"(Klar, effekt: {reading})" in page.inner_text("#beslut")

    member = visit("ledamot")
    member.goto("/rad/1/")
    assert "Väktare i Billesholm på helgkvällar" in member.inner_text("main")
    assert member.request.get("/lagkollen/").status == 404
