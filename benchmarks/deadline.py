"""A thousand reports at the deadline: 50 phones at once against the production server.

Serves the demonstration from a folder of its own (SQLite, unless DATABASE_URL says otherwise),
signs 50 phones in, lets each send its reports one after another, sends every tenth twice, and
prints p50, p95 and p99 of the answers and whether every report is stored exactly once.

    python benchmarks/deadline.py [--clients 50] [--reports 20]
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http import HTTPStatus
from pathlib import Path

PASSWORD = "samlad-demo-2026"
ACCOUNTS = ("rapportor", "vaktare", "faltarbetare", "forening", "kommunpolis")


class Phone:
    """One signed-in phone."""

    def __init__(self, address: str, account: str) -> None:
        self._address = address
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = self._opener.open(f"{address}/konto/login/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        fields = {
            "login": f"{account}@bjuv.example",
            "password": PASSWORD,
            "csrfmiddlewaretoken": token.group(1),
        }
        self._opener.open(f"{address}/konto/login/", urllib.parse.urlencode(fields).encode()).read()
        self.lists = json.load(self._opener.open(f"{address}/rapportera/uppgifter.json"))

    def send(self, key: str) -> tuple[float, str]:
        """Send one report; return how long it took and what became of it."""
        organisation = self.lists["organisations"][0]
        body = {
            "user": self.lists["user"],
            "organisation": organisation["id"],
            "events": [
                {
                    "key": key,
                    "category": organisation["usual"][0],
                    "when": "now",
                    "place": organisation["recent"][0],
                    "text": "Belysningen är trasig.",
                }
            ],
        }
        request = urllib.request.Request(
            f"{self._address}/rapportera/skicka/",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-CSRFToken": self.lists["csrf"]},
        )
        began = time.perf_counter()
        answer = json.load(self._opener.open(request, timeout=120))
        return time.perf_counter() - began, answer["events"][0]["state"]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--reports", type=int, default=20)
    chosen = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    samlad = str(Path(sys.executable).with_name("samlad"))
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "SAMLAD_DATA": folder, "SAMLAD_DEMO": "1", "PORT": str(port)}
        subprocess.run([samlad, "demo"], env=environ, check=True, capture_output=True)
        serving = subprocess.Popen([samlad, "serve"], env=environ, stdout=subprocess.PIPE)
        try:
            assert serving.stdout is not None
            serving.stdout.readline()
            address = f"http://localhost:{port}"
            phones = [_signed_in(address, i) for i in range(chosen.clients)]
            _run(phones, chosen.reports, environ)
        finally:
            serving.terminate()
            serving.wait(30)


def _signed_in(address: str, number: int) -> Phone:
    """Sign a phone in; all come from one address here, so wait where sign-ins are limited."""
    while True:
        try:
            return Phone(address, ACCOUNTS[number % len(ACCOUNTS)])
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            time.sleep(5)


def _run(phones: list[Phone], each: int, environ: dict[str, str]) -> None:
    took: list[float] = []
    faults: list[str] = []
    keys: list[str] = []
    start = threading.Barrier(len(phones) + 1)

    def work(phone: Phone) -> None:
        own = [str(uuid.uuid4()) for _ in range(each)]
        keys.extend(own)
        start.wait()
        for number, key in enumerate(own):
            for _ in range(2 if number % 10 == 0 else 1):
                try:
                    seconds, state = phone.send(key)
                except OSError as error:
                    faults.append(str(error))
                    continue
                took.append(seconds)
                if state != "in":
                    faults.append(state)

    threads = [threading.Thread(target=work, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    took.sort()
    stored = _stored(keys, environ)
    p50, p95, p99 = (took[int(len(took) * share) - 1] for share in (0.5, 0.95, 0.99))
    sys.stdout.write(
        f"{len(keys)} reports of {len(phones)} phones in {seconds:.1f} s "
        f"({len(took) / seconds:.0f} answers/s); p50 {p50 * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms; stored exactly once: "
        f"{sum(n == 1 for n in stored)} of {len(keys)}; faults: {len(faults)} {faults[:3]}\n"
    )


def _stored(keys: list[str], environ: dict[str, str]) -> list[int]:
    """Return how many times each report is stored."""
    program = (
        "import sys, json, django; django.setup()\n"
        "from collections import Counter\n"
        "from samlad.incidents.models import Incident\n"
        "ids = Incident.objects.filter(external_id__startswith='rapport:')\n"
        "found = Counter(ids.values_list('external_id', flat=True))\n"
        "print(json.dumps([found['rapport:' + key] for key in json.load(sys.stdin)]))\n"
    )
    environ = {**environ, "DJANGO_SETTINGS_MODULE": "samlad.config.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env=environ,
        input=json.dumps(keys).encode(),
        capture_output=True,
        check=True,
    )
    found: list[int] = json.loads(answer.stdout)
    return found


if __name__ == "__main__":
    main()
