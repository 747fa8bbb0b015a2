"""A web worker starts without what only the background worker needs."""

import subprocess
import sys

HEAVY = ("numba", "scipy", "vl_convert", "typst")


def test_a_web_worker_starts_without_the_heavy_libraries(tmp_path):
    """Loads the whole URL configuration, as the first request would."""
    program = (
        "import sys; from samlad.config.wsgi import application\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "from samlad.picture import showing\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"SAMLAD_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
