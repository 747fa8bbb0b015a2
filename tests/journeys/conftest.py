"""A browser before the running product: the demonstration served by its own command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent / "vendor/axe/axe.min.js").read_text()
PASSWORD = "samlad-demo-2026"
CUT_OFF = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")  # the network a journey cuts by itself


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the journeys in one process, after another, and skip or fail without a browser."""
    for item in items:
        if "journeys" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))
            if not CHROMIUM.exists() and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@contextmanager
def served(folder: Path, command: str, *arguments: str) -> Iterator[tuple[str, str]]:
    """Serve an installation of its own, filled by a command; its address and what that said."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    samlad = Path(sys.executable).with_name("samlad")
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SAMLAD", "DATABASE"))}
    environ |= {"SAMLAD_DATA": str(folder), "PORT": str(port)}
    if command == "demo":
        environ["SAMLAD_DEMO"] = "1"
    said = subprocess.run(
        [samlad, command, *arguments], env=environ, check=True, capture_output=True, timeout=300
    )
    serving = subprocess.Popen([samlad, "serve"], env=environ)
    address = f"http://localhost:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1)
            break
        except OSError:
            time.sleep(0.2)
    try:
        yield address, said.stdout.decode().strip()
    finally:
        serving.terminate()
        serving.wait(30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration, loaded and served; gone afterwards."""
    with served(tmp_path_factory.mktemp("served"), "demo") as (address, _):
        yield address


@pytest.fixture(scope="session")
def browser():  # type: ignore[no-untyped-def]
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(server: str, browser) -> Iterator[Callable]:  # type: ignore[no-untyped-def]
    """Return a maker of signed-in pages; any console error or page error fails the test."""
    contexts, faults = [], []

    def make(account: str | None = None, width: int = 1280, **options):  # type: ignore[no-untyped-def]
        context = browser.new_context(
            base_url=server, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                faults.append(f"{page.url}: {m.text}")
                if m.type == "error" and not any(cut in m.text for cut in CUT_OFF)
                else None
            ),
        )
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        if account:
            page.goto("/konto/login/")
            page.fill("[name=login]", account if "@" in account else f"{account}@bjuv.example")
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url("**/start/")
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


class Reader:
    """How long a person would need: every word of every page read, and thought before a press.

    200 words a minute, 2 seconds a press, 40 words written a minute: slow for all three.
    """

    def __init__(self, page) -> None:  # type: ignore[no-untyped-def]
        self.page, self.words, self.presses, self.written = page, 0, 0, 0

    def read(self) -> None:
        """Read the page from its first word to its last."""
        self.words += len(self.page.inner_text("main").split())

    def press(self, what) -> None:  # type: ignore[no-untyped-def]
        """Read the page, and press something on it."""
        self.read()
        self.presses += 1
        (self.page.locator(what).first if isinstance(what, str) else what).click()

    def key(self, key: str) -> None:
        """Press a key that leads to the page anew; what was read is not read again."""
        self.presses += 1
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def write(self, field: str, text: str) -> None:
        """Write a text."""
        self.written += len(text.split())
        self.page.fill(field, text)

    @property
    def minutes(self) -> float:
        """Return the minutes of reading, pressing and writing."""
        return self.words / 200 + self.presses * 2 / 60 + self.written / 40

    def says(self) -> str:
        """Return the sum in words."""
        return (
            f"{self.words} words read, {self.presses} presses, {self.written} words written: "
            f"{self.minutes:.1f} minutes"
        )


@pytest.fixture
def violations() -> Callable:
    """Return a checker of a page with axe-core: WCAG 2.1 A and AA and best practices."""

    def check(page):  # type: ignore[no-untyped-def]
        page.evaluate(AXE + ";0")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [
            f"{page.url} {v['id']}: {n['target']} {n['failureSummary'][:200]}"
            for v in found
            for n in v["nodes"]
        ]

    return check
