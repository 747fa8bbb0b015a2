"""Which rows are already known: by external id, or by counting equal rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container


class KnownRows:
    """Tells new rows from known ones while a file is read, in its order.

    With an external id a row is known if an earlier batch, or an earlier row of this file,
    has that id. Without one, of k equal rows as many are known as earlier batches hold:
    equal rows within one file are different events, and the same file twice adds nothing.
    """

    def __init__(self, ids: Container[str], copies: dict[bytes, int]) -> None:
        self._earlier_ids = ids
        self._ids: set[str] = set()
        self._left = Counter(copies)

    def is_known(self, external_id: str, fingerprint: bytes) -> bool:
        """Tell whether the next row of the file is known, and remember it."""
        if external_id:
            if external_id in self._ids or external_id in self._earlier_ids:
                return True
            self._ids.add(external_id)
            return False
        if self._left[fingerprint] > 0:
            self._left[fingerprint] -= 1
            return True
        return False
