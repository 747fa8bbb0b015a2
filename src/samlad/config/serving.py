"""One command serves: the web server and one worker under one parent; and the minute's tick."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

from django.conf import settings
from django.utils import timezone

TICK_SECONDS = 60
STOP_SECONDS = 20


def serve() -> int:
    """Serve in the foreground until told to stop; either part gone stops the other."""
    from samlad.incidents import actions

    actions.fail_abandoned_batches(now=timezone.now())
    port = settings.ENVIRONMENT.port
    web = subprocess.Popen(_web(port))  # noqa: S603 - our own command line
    worker = subprocess.Popen([sys.executable, "-m", "samlad.config.working"])
    print(f"Samlad: {settings.ENVIRONMENT.url}", flush=True)  # noqa: T201
    parts = [web, worker]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    code = 0
    try:
        while all(part.poll() is None for part in parts):
            time.sleep(0.5)
        code = next(part.returncode for part in parts if part.poll() is not None) or 1
    except (KeyboardInterrupt, SystemExit):
        code = 0
    finally:
        for part in parts:
            if part.poll() is None:
                part.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for part in parts:
            try:
                part.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                part.kill()
    return code


def _web(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "samlad.config.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        str(settings.ENVIRONMENT.workers),
        "--threads",
        "4",
        "--timeout",
        "120",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]


def tick() -> None:
    """Send and record what has fallen due. Deadlines are computed when read."""
    from samlad.incidents import actions

    actions.forget_waiting_batches(now=timezone.now())
