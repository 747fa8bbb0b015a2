"""The objects of a JSON array one by one: memory stays flat however long the array is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

CHUNK = 1 << 16
LARGEST_ITEM = 250_000  # characters
MOST_SPACE = 1_000_000
_SPACES = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class NotJson(ValueError):
    """The text is not the JSON it should be, or one item of it is too large."""


class _Text:
    """Characters to look at, filled up as they are used."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._held = ""
        self._at = 0

    def _more(self) -> bool:
        if len(self._held) - self._at > LARGEST_ITEM:
            raise NotJson
        try:
            chunk = self._text.read(CHUNK)
        except (UnicodeError, OSError, EOFError) as error:
            raise NotJson from error
        self._held, self._at = self._held[self._at :] + chunk, 0
        return bool(chunk)

    def peek(self) -> str:
        """Return the next character that is no space, or "" at the end."""
        passed = 0
        while True:
            begin = self._at
            self._at = _SPACES.match(self._held, begin).end()  # type: ignore[union-attr]
            passed += self._at - begin
            if self._at < len(self._held):
                return self._held[self._at]
            if passed > MOST_SPACE:
                raise NotJson
            if not self._more():
                return ""

    def take(self, expected: str) -> None:
        """Go past one character. Raises `NotJson` if it is another."""
        if self.peek() != expected:
            raise NotJson
        self._at += 1

    def value(self) -> Any:
        """Return the next value, whole. Raises `NotJson`."""
        self.peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._held, self._at)
            except RecursionError as error:
                raise NotJson from error
            except ValueError:
                found, end = None, -1  # not whole yet, or not JSON
            if 0 <= end < len(self._held):
                self._at = end
                return found
            wanted = 2 * (len(self._held) - self._at)  # so that long ones are not tried often
            if not self._more():
                if end < 0:
                    raise NotJson
                self._at = len(self._held)
                return found
            while len(self._held) < wanted and self._more():
                pass


def items(text: IO[str], *, member: str | None = None) -> Iterator[Any]:
    """Return the items of the array, or of the array `member` of the outermost object.

    Raises `NotJson` when the text turns out not to be that.
    """
    source = _Text(text)
    if member is not None:
        _go_to(source, member)
    source.take("[")
    if source.peek() == "]":
        return
    while True:
        yield source.value()
        if source.peek() != ",":
            break
        source.take(",")
    source.take("]")


def _go_to(source: _Text, member: str) -> None:
    """Stand at the value of one member, past those before it."""
    source.take("{")
    while True:
        key = source.value()
        source.take(":")
        if key == member:
            return
        source.value()
        source.take(",")
