"""What is done becomes a counter, and what a second person has released becomes public."""

import re
import time


def section(page):
    """Return what a page says of the newsletters."""
    text = page.inner_text("main")
    start = text.index("Gemensamt nyhetsbrev")
    return text[start : start + 260]


def test_a_newsletter_is_logged_counted_and_released(visit, violations):
    coordinator = visit("samordnare@bromolla.example")
    resident = visit(None, 360)
    resident.goto("/loften/bromolla/")
    before = section(resident)
    done = int(before.split(" av 4 · pågår")[0].rsplit(" ", 1)[1])
    coordinator.goto("/aktiviteter/ny/")
    coordinator.select_option("#id_kind", label="Nyhetsbrev")
    coordinator.click("main form button[type=submit]")
    coordinator.goto("/lofte/1/")
    assert f"{done + 1} av 4" in section(coordinator)
    assert violations(coordinator) == []

    resident.reload()
    assert section(resident) == before  # counted inside; nothing has been released
    coordinator.click("text=Gör ett utkast av hur det står nu")
    assert coordinator.locator("text=Publicera till invånarna").count() == 0  # not by oneself
    draft = coordinator.url

    releaser, started = visit("publicist@bromolla.example"), time.monotonic()
    releaser.goto(draft)
    assert f"{done + 1} av 4" in releaser.inner_text("main") or "nyhetsbrev" in releaser.inner_text(
        "main"
    )
    releaser.locator("form[action$='/slapp/'] button").click()
    while f"{done + 1} av 4" not in section(resident):
        assert time.monotonic() - started < 60, "every worker shows it within a minute"
        time.sleep(1)
        resident.goto("/loften/bromolla/")
    assert violations(resident) == []

    # Withdrawn with its reason, it is gone from every worker within a minute too.
    started = time.monotonic()
    releaser.goto(draft)
    releaser.fill("#id_reason", "Fel räknat")
    releaser.locator("form[action$='/dra-tillbaka/'] button").click()
    while resident.request.get("/loften/bromolla/").status == 200:
        assert time.monotonic() - started < 60
        time.sleep(1)
    coordinator.goto("/lofte/1/")
    coordinator.click("text=Gör ett utkast av hur det står nu")
    releaser.goto(coordinator.url)
    releaser.locator("form[action$='/slapp/'] button").click()
    releaser.wait_for_load_state()


def test_a_resident_answers_with_fixed_choices_and_no_cookie(visit, violations):
    page = visit(None, 360)
    page.goto("/tyck-till/bjuv/")
    page.click("main section a")
    assert violations(page) == []
    page.select_option("#plats", label="Ekeby")
    for name, value in (("kansla", "otrygg"), ("orsak", "belysning"), ("tid", "kvall")):
        page.check(f"[name={name}][value={value}]")
    page.click("main button")
    assert "Tack." in page.inner_text("main")
    assert page.context.cookies() == []

    staff = visit("samordnare")
    staff.goto("/slapp/")
    staff.click("text=Hur trygg känner du dig utomhus?")
    staff.click("text=Vad de boende har svarat")
    assert "Ekeby" in staff.inner_text("main")
    assert violations(staff) == []


def test_the_outsider_finds_no_internal_page(visit):
    """Every address of the URL configuration, tried in a browser without an account."""
    from django.urls import URLPattern, URLResolver, get_resolver

    from samlad.ui.middleware import OPEN_VIEWS

    def addresses(patterns, prefix="/"):
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from addresses(one.url_patterns, prefix + str(one.pattern))
            elif isinstance(one, URLPattern) and one.name not in OPEN_VIEWS:
                yield prefix + str(one.pattern), one.name or ""

    page, tried, found = visit(None), 0, []
    page.goto("/konto/login/")  # a form's token, so that it is the sign-in which stops a POST
    token = next(one for one in page.context.cookies() if one["name"] == "csrftoken")["value"]
    for pattern, name in addresses(get_resolver().url_patterns):
        if name.startswith("account_") or name in {"api-root", "openapi-json"}:  # its own document
            continue
        address = re.sub(r"<uuid:[^>]+>", "00000000-0000-0000-0000-000000000000", pattern)
        address = re.sub(r"<int:[^>]+>", "1", re.sub(r"<(str|slug|path):[^>]+>", "x", address))
        for method in ("get", "post"):
            answer = page.request.fetch(
                address, method=method, max_redirects=0, headers={"X-CSRFToken": token}
            )
            asked_who = answer.status == 302 and "/konto/login/" in answer.headers["location"]
            if not asked_who and not (address.startswith("/api/") and answer.status in {401, 405}):
                found.append((method, address, answer.status))
        tried += 1

    assert found == []
    assert tried > 200
    assert {one["name"] for one in page.context.cookies()} == {"csrftoken"}
