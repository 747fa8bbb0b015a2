"""Every page, as each role that has it, at two widths: accessible and within the screen."""

import re

import pytest

PAGES = {
    None: [
        "/", "/konto/login/", "/konto/password/reset/", "/loften/", "/loften/bromolla/",
        "/loften/bastad/", "/oppna-data/", "/tyck/?sida=/loften/", "/en/loften/",
        "/en/loften/bastad/", "/en/oppna-data/", "/en/tyck/", "/trygghet/", "/trygghet/bjuv/",
        "/laget/bjuv/", "/goda-rad/bjuv/", "/trygghetscenter/bjuv/", "/media/bjuv/",
        "/tillganglighet/bjuv/", "/tillganglighet/brist/?kommun=bjuv", "/tyck-till/bjuv/",
        "/en/laget/bjuv/", "/en/media/bjuv/", "/en/tillganglighet/bjuv/",
    ],
    "samordnare": [
        "/start/", "/lagesbild/", "/lagesbild/ny/", "/lagesbild/1/", "/lagesbild/2/",
        "/lagesbild/metoder/", "/lagesbild/metoder/near-repeats/",
        "/handelser/inlasning/", "/handelser/inlasning/ny/", "/handelser/inlasning/1/",
        "/handelser/", "/handelser/ny/", "/handelser/granska/", "/handelser/samma/",
        "/handelser/inlasning/kalla/", "/handelser/polisens-handelser/", "/handelser/kategorier/", "/handelser/kategorier/1/", "/handelser/kategorier/ny/", "/omraden/ny-plats/",
        "/omgangar/", "/omgangar/1/", "/omgangar/1/granska/", "/omgangar/1/mote/",
        "/omgangar/process/", "/omgangar/rapportorer/", "/omgangar/mottagare/", "/pa-gang/",
        "/insatser/", "/atgarder/", "/atgarder/ny/", "/atgarder/1/", "/atgarder/1/andra/",
        "/atgarder/problem/", "/atgarder/problem/1/", "/atgarder/problem/2/",
        "/atgarder/problem/1/andra/", "/atgarder/problem/1/orsak/1/", "/atgarder/problem/1/mal/1/",
        "/atgarder/satsningar/1/ar/1/", "/omgangar/behov/", "/lagkollen/lagesbild/1/",
        "/lagkollen/plan/1/visa/", "/lagesbild/metoder/effects/", "/atgarder/problem/nytt/",
        "/atgarder/satsningar/", "/atgarder/satsningar/1/", "/atgarder/satsningar/ny/",
        "/atgarder/verksamheter/", "/atgarder/arshjul/", "/atgarder/skador/", "/atgarder/kameror/",
        "/atgarder/kameror/ny/", "/indikatorer/", "/indikatorer/1/", "/indikatorer/ny/",
        "/indikatorer/las-in/", "/rad/", "/rad/1/", "/rad/ny/", "/moten/1/", "/overenskommelser/",
        "/overenskommelser/ny/", "/enheter/", "/enheter/jag/", "/lagkollen/",
        "/lagkollen/lagesbild/", "/lagkollen/plan/", "/lagkollen/plan/ny/",
        "/lagkollen/samordningsfunktion/", "/omgangar/jour/", "/omgangar/bradskande/",
        "/min-kalender/", "/kom-igang/", "/api/docs",
        "/omraden/", "/omraden/ny-fil/", "/omraden/slå-ihop/", "/administration/logg/",
        "/konto/password/change/", "/konto/logout/", "/center/", "/center/1/", "/center/nytt/",
        "/center/1/andra/", "/indikatorer/hastigheter/", "/atgarder/trafik/", "/atgarder/trafik/1/",
        "/slapp/rad/", "/slapp/fraga/", "/slapp/gjort/", "/slapp/tillganglighet/", "/slapp/lage/1/",
        "/aktiviteter/vecka/",
    ],
    "kommunpolis": ["/start/", "/lagesbild/", "/lagesbild/1/", "/insatser/", "/atgarder/"],
    "ledning": ["/start/", "/lagesbild/1/", "/atgarder/", "/indikatorer/1/", "/lagkollen/"],
    "ledamot": ["/rad/", "/rad/1/"],
    "faltarbetare": ["/aktiviteter/vecka/", "/aktiviteter/bemanning/", "/rapportera/"],
    "publicist": ["/slapp/", "/lofte/"],
    "samordnare@bromolla.example": [
        "/lofte/", "/lofte/1/", "/lofte/1/andra/", "/lofte/1/mal/", "/lofte/1/atagande/",
        "/lofte/1/atagande/3/", "/lofte/1/atagande/13/", "/lofte/1/atagande/3/andra/",
        "/aktiviteter/", "/aktiviteter/1/", "/aktiviteter/1/andra/", "/aktiviteter/ny/",
        "/aktiviteter/pass/", "/aktiviteter/fil/", "/aktiviteter/slag/",
        "/aktiviteter/grannsamverkan/", "/slapp/", "/slapp/1/", "/slapp/utgivare/",
        "/slapp/tabell/",
    ],
    "rapportor": ["/start/", "/handelser/inlasning/", "/handelser/", "/handelser/ny/", "/rapportera/", "/rapportera/mina/", "/pa-gang/"],
    "administrator": [
        "/start/", "/administration/personer/", "/administration/personer/1/",
        "/administration/organisationer/", "/administration/organisationer/1/",
        "/administration/organisationer/ny/", "/administration/logg/",
        "/administration/program/", "/kom-igang/", "/kom-igang/personer/",
        "/kom-igang/inbjudningar/",
    ],
}  # fmt: skip


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("account", PAGES)
def test_pages_are_accessible_and_fit(account, width, visit, violations):
    page = visit(account, width)
    found = []
    for address in PAGES[account]:
        response = page.goto(address)
        assert response.status == 200, address
        found += violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{address} is wider than {width}")

    if account is None:  # a released table's address holds its dates
        page.goto("/oppna-data/")
        page.click("main li a")
        found += violations(page)
        page.goto("/tyck-till/bjuv/")
        page.click("main section a")
        found += violations(page)
    if account == "publicist":  # what number a release got is the demonstration's
        page.goto("/slapp/")
        page.click("main .card h2 a")
        found += violations(page)

    assert found == []


@pytest.mark.parametrize("account", ["kommunpolis", "ledning", "administrator", "ledamot"])
def test_others_do_not_find_another_boards_rows(account, visit):
    """The second file is the street department's."""
    assert visit(account).request.get("/handelser/inlasning/2/").status == 404


def test_every_page_works_in_english(visit, violations):
    page = visit("samordnare")
    page.click("text=In English")
    for address in ("/start/", "/lagesbild/2/"):
        page.goto(address)
        assert page.get_attribute("html", "lang") == "en"
        assert violations(page) == []


@pytest.mark.parametrize(
    "account",
    ["samordnare", "ledning", "kommunpolis", "faltarbetare", "forening", "publicist", "ledamot"],
)
def test_no_link_leads_to_a_page_one_may_not_open(account, visit):
    """From the start page on, one page of each sort: every link on it opens."""
    page, seen, dead = visit(account), set(), []
    waiting = [("/start/", "")]
    while waiting:
        address, on = waiting.pop()
        answer = page.request.get(address)
        if answer.status >= 400:
            dead.append((on, address, answer.status))
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for link in re.findall(r'href="(/[^"#?]*)"', answer.text()):
            sort = re.sub(r"\d+", "N", link)
            if sort not in seen and not link.startswith(("/static/", "/konto/logout")):
                seen.add(sort)
                waiting.append((link, address))

    assert dead == []
    assert len(seen) > 10
