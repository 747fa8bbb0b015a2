"""The guard on its corpus: precision and recall per kind, as docs/reference/guard.md has them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from samlad.guard.detecting import find_hits
from tests.guard import corpus

print(corpus.table(lambda text: [(h.kind.value, h.start, h.end) for h in find_hits(text)]))
