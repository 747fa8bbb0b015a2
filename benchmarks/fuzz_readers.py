"""Coverage-guided fuzzing of the readers: needs atheris, which is not one of our dependencies.

pip install atheris
python benchmarks/fuzz_readers.py CORPUS_FOLDER -max_total_time=600
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

os.environ.setdefault("SAMLAD_DATA", tempfile.mkdtemp())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")
with atheris.instrument_imports(include=["samlad.intake", "samlad.guard"]):
    import django

    django.setup()
    from samlad.intake import files
    from samlad.intake.errors import UnusableFile
    from samlad.intake.interpreting import Interpreter

PATH = Path(tempfile.mkdtemp()) / "a"


def read(content: bytes) -> None:
    """Read a file as the pages do; only one sentence may come of a bad one."""
    PATH.write_bytes(content)
    try:
        file = files.recognise(PATH)
        with file.rows() as raw:
            list(Interpreter(file.proposed_mapping(), file.header, name="a").rows(raw))
    except UnusableFile as refusal:
        str(refusal)


atheris.Setup(sys.argv, read)
atheris.Fuzz()
