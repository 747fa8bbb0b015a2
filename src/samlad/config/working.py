"""The worker: takes the background work one at a time, and ticks once a minute."""

from __future__ import annotations

import logging
import os
import threading

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")


def main() -> None:
    """Work until told to stop."""
    django.setup()
    from django.core.management import call_command
    from django.db import close_old_connections

    from samlad.config import serving

    def ticking() -> None:
        while True:
            stopped.wait(serving.TICK_SECONDS)
            if stopped.is_set():
                return
            try:
                serving.tick()
            except Exception:  # one minute that fails is not the last
                logging.getLogger("samlad.tick").exception("a tick failed")
            finally:
                close_old_connections()

    stopped = threading.Event()
    threading.Thread(target=ticking, daemon=True).start()
    try:
        call_command("db_worker", interval=0.5, verbosity=0, startup_delay=False, reload=False)
    finally:
        stopped.set()


if __name__ == "__main__":
    main()
