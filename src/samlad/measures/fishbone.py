"""The drawing of a cause analysis: Brå's fishbone, or a chain of events. The list says the same.

An SVG without styles or scripts, its text measured by a rule of thumb and cut where it is long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LINE, TOP = 720, 20, 34
INK, MUTED, ACCENT = "#14202b", "#44515c", "#0b5d5b"
LETTER = 6.4  # of the running text, by a rule of thumb


def drawing(name: str, bones: Mapping[str, Sequence[str]]) -> str:
    """Return the SVG of a problem with its causes, by bone; "" where there are none.

    `bones` maps the label of a bone to its causes, in order.
    """
    named = [(label, causes) for label, causes in bones.items() if causes]
    if not named:
        return ""
    above, below = named[::2], named[1::2]
    up = TOP + LINE * max((len(causes) for _, causes in above), default=0) + 30
    down = TOP + LINE * max((len(causes) for _, causes in below), default=0) + 30
    spine, height = up, up + (down if below else 30)
    head = WIDTH - 190
    parts = [
        f'<line x1="20" y1="{spine}" x2="{head}" y2="{spine}" stroke="{ACCENT}" stroke-width="3"/>',
        f'<rect x="{head}" y="{spine - 24}" width="186" height="48" rx="6" fill="{ACCENT}"/>',
        *_head(name, head + 93, spine),
    ]
    step = (head - 40) // max(len(above), len(below), 1)
    longest = int((step - 24) / LETTER)  # the next bone leans the same way
    for i, (label, causes) in enumerate(above):
        parts += _bone(label, causes, 30 + i * step, TOP - 14, spine, longest, upwards=True)
    for i, (label, causes) in enumerate(below):
        parts += _bone(label, causes, 30 + i * step, height - 6, spine, longest, upwards=False)
    title = escape(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{title}" font-family="\'Source Sans 3 Variable\', sans-serif">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


def _head(name: str, x: int, y: int) -> list[str]:
    words, lines = name.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 24 and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    lines = [_cut(line, 26) for line in lines[:2]]
    first = y + 5 - 9 * (len(lines) - 1)
    return [
        f'<text x="{x}" y="{first + 18 * i}" text-anchor="middle" fill="#fff" font-size="15" '
        f'font-weight="600">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]


def _bone(
    label: str, causes: Sequence[str], x: int, edge: int, spine: int, longest: int, *, upwards: bool
) -> list[str]:
    joint = x + 150
    parts = [
        (
            f'<line x1="{x}" y1="{edge + 6 if upwards else edge - 14}" x2="{joint}" y2="{spine}" '
            f'stroke="{MUTED}" stroke-width="2"/>'
        ),
        (
            f'<text x="{x}" y="{edge}" fill="{INK}" font-size="15" font-weight="600">'
            f"{escape(label)}</text>"
        ),
    ]
    for i, cause in enumerate(causes):
        y = edge + 26 + LINE * i if upwards else edge - 32 - LINE * (len(causes) - 1 - i)
        outer = edge + 6 if upwards else edge - 14
        nearest = y if upwards else y - 13  # of the text's bottom and top, that by the bone
        shift = round(150 * (nearest - outer) / (spine - outer)) + 14
        parts.append(
            f'<text x="{x + shift}" y="{y}" fill="{INK}" font-size="13.5">'
            f"{escape(_cut(cause, longest))}</text>"
        )
    return parts


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
