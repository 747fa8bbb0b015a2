"""The drawing of a cause analysis: Brå's fishbone, or a chain of events. The list says the same.

An SVG without styles or scripts, its text measured by a rule of thumb and cut where it is long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LINE, TOP = 720, 20, 34
INK, MUTED, ACCENT = "#14202b", "#44515c", "#0b5d5b"
LETTER = 6.4  # of the running text, by a rule of thumb
IN_A_ROW, BOX, GAP = 4, 66, 26  # of a chain's steps


def drawing(name: str, bones: Mapping[str, Sequence[str]], *, chain: str = "") -> str:
    """Return the SVG of a problem with its causes, by bone; "" where there are none.

    `bones` maps the label of a bone to its causes, in order. The one labelled `chain` is not a
    bone but steps in their order, each leading to the next: drawn beneath the fish, or alone.
    """
    steps = bones.get(chain, ())
    named = [(label, causes) for label, causes in bones.items() if causes and label != chain]
    if not named and not steps:
        return ""
    fish, height = _fish(name, named) if named else ([], 0)
    links, depth = _chain(chain, steps, height) if steps else ([], 0)
    title, parts = escape(name), [*fish, *links]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + depth}" '
        f'role="img" aria-label="{title}" '
        "font-family=\"'Source Sans 3 Variable', sans-serif\">"
        f"<title>{title}</title>{''.join(parts)}</svg>"
    )


def _chain(label: str, steps: Sequence[str], top: int) -> tuple[list[str], int]:
    """Return the steps of a chain of events as boxes with arrows between, and their height."""
    heading = f'<text x="20" y="{top + 22}" fill="{INK}" font-size="15" font-weight="600">'
    parts = [f"{heading}{escape(label)}</text>"]
    across = (WIDTH - 40 - (IN_A_ROW - 1) * GAP) // IN_A_ROW
    for i, step in enumerate(steps):
        x = 20 + (i % IN_A_ROW) * (across + GAP)
        y = top + 36 + (i // IN_A_ROW) * (BOX + GAP)
        parts.append(
            f'<rect x="{x}" y="{y}" width="{across}" height="{BOX}" rx="6" fill="none" '
            f'stroke="{ACCENT}" stroke-width="2"/>'
        )
        lines = _lines(f"{i + 1}. {step}", int((across - 16) / LETTER), 3)
        parts += [
            f'<text x="{x + 8}" y="{y + 20 + 17 * j}" fill="{INK}" font-size="13.5">'
            f"{escape(line)}</text>"
            for j, line in enumerate(lines)
        ]
        if i % IN_A_ROW and i:
            parts.append(
                f'<path d="M{x - GAP + 3} {y + BOX // 2}h{GAP - 10}m-6 -5l6 5l-6 5" fill="none" '
                f'stroke="{MUTED}" stroke-width="2"/>'
            )
    rows = -(-len(steps) // IN_A_ROW)
    return parts, 36 + rows * (BOX + GAP)


def _fish(name: str, named: Sequence[tuple[str, Sequence[str]]]) -> tuple[list[str], int]:
    """Return the fishbone's parts, and its height."""
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
    return parts, height


def _lines(text: str, longest: int, most: int) -> list[str]:
    """Return a text in at most so many lines; what does not fit is cut."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= longest and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_cut(line, longest) for line in lines]


def _head(name: str, x: int, y: int) -> list[str]:
    lines = _lines(name, 25, 2)
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
