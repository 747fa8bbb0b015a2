"""Lines of a text, none longer than a line may be: memory stays flat whatever comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from samlad.intake.errors import FileFault, UnusableFile

LONGEST_LINE = 1_000_000  # characters


def lines(text: IO[str], *, name: str) -> Iterator[str]:
    """Return the lines as they are asked for. Raises `UnusableFile` for one that is too long."""
    number = 0
    while True:
        try:
            line = text.readline(LONGEST_LINE + 1)
        except (UnicodeError, OSError, EOFError) as error:
            raise UnusableFile(FileFault.BROKEN, name=name, row=number + 1) from error
        if not line:
            return
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnusableFile(FileFault.LONG_LINE, name=name, row=number)
        yield line
