"""One command serves: the web server and one worker under one parent; and the minute's tick."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from django.conf import settings
from django.utils import timezone

TICK_SECONDS = 60
STOP_SECONDS = 20
START_SECONDS = 60


class PortTaken(Exception):
    """Something else listens there."""


def serve() -> int:
    """Serve in the foreground until told to stop; either part gone stops the other.

    Raises `PortTaken` before anything is started.
    """
    from samlad.incidents import ending_actions
    from samlad.public import actions as public

    port = settings.ENVIRONMENT.port
    _check_free(port)
    ending_actions.resume_cut_off_batches(now=timezone.now())
    public.rebuild_whole(now=timezone.now())
    web = subprocess.Popen(_web(port))  # noqa: S603 - our own command line
    worker = subprocess.Popen([sys.executable, "-m", "samlad.config.working"])
    parts = [web, worker]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    code = 0
    try:
        _wait_until_it_answers(port, web)
        print(f"Samlad: {settings.ENVIRONMENT.url}", flush=True)  # noqa: T201
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


def _check_free(port: int) -> None:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(f"PORT {port} is taken by something else.") from error


def _wait_until_it_answers(port: int, web: subprocess.Popen) -> None:
    """Wait until the web server takes calls, or is gone."""
    deadline = time.monotonic() + START_SECONDS
    while web.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


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
    from samlad.incidents import ending_actions
    from samlad.public import actions as public
    from samlad.rounds import ticking

    now = timezone.now()
    public.rebuild_for_the_day(now=now)  # first: what is over is not to stay for another's fault
    ticking.tick(now)
    ending_actions.resume_cut_off_batches(now=now)
    ending_actions.forget_waiting_batches(now=now)
