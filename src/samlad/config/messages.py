"""The texts people see: found in code and templates, checked, and compiled at install.

python -m samlad.config.messages compile   .po → .mo, done by make (no msgfmt needed)
python -m samlad.config.messages update    take in new texts, drop those gone
python -m samlad.config.messages check     exit 1 if a text is missing, fuzzy or unused
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo

SAMLAD = Path(__file__).parents[1]
LOCALE = SAMLAD / "ui" / "locale"
LANGUAGES = ("sv",)  # English is the msgid itself
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def found() -> Catalog:
    """Return every text of the code and the templates."""
    catalog = Catalog(charset="utf-8")
    for path, source in _sources():
        for _line, message, _comments, context in extract(
            "python", io.BytesIO(source.encode()), keywords=KEYWORDS
        ):
            catalog.add(message, context=context, locations=[(path, 0)], flags=_flags(message))
    return catalog


def _flags(message: str | tuple[str, ...]) -> list[str]:
    text = "".join(message) if isinstance(message, tuple) else message
    return ["python-format"] if "%(" in text else []


def _sources() -> Iterator[tuple[str, str]]:
    from django.utils.translation.template import templatize

    for path in sorted(SAMLAD.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(SAMLAD).as_posix(), path.read_text()
    for path in sorted(SAMLAD.rglob("templates/**/*.html")):
        name = path.relative_to(SAMLAD).as_posix()
        yield name, templatize(path.read_text(), origin=name)


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Catalog:
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def update() -> None:
    """Bring the .po files up to date, in the order of the texts."""
    template = found()
    for language in LANGUAGES:
        old = _read(language)
        new = Catalog(locale=language, charset="utf-8", project="Samlad", header_comment="# Samlad")
        new.fuzzy = False
        for message in sorted((m for m in template if m.id), key=lambda m: str(m.id)):
            kept = old.get(message.id, message.context)
            new.add(
                message.id,
                kept.string if kept is not None else None,
                context=message.context,
                flags=message.flags,
            )
        path = _po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            pofile.write_po(
                file, new, omit_header=False, sort_output=False, width=0, no_location=True
            )
        lines = [
            line
            for line in path.read_text().splitlines(keepends=True)
            if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By'))
        ]
        path.write_text("".join(lines))


def check() -> list[str]:
    """Return what is wrong with the translations, a line each."""
    template = {(m.id, m.context) for m in found() if m.id}
    faults = []
    for language in LANGUAGES:
        catalog = _read(language)
        translated = set()
        for message in catalog:
            if not message.id:
                continue
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.fuzzy or not all(strings):
                faults.append(f"{language}: not translated: {message.id!r}")
            translated.add((message.id, message.context))
            faults += [f"{language}: {fault}" for fault in message.check(catalog)]
        faults += [f"{language}: missing: {m[0]!r}" for m in sorted(template - translated, key=str)]
        faults += [f"{language}: unused: {m[0]!r}" for m in sorted(translated - template, key=str)]
    return faults


def compile_() -> None:
    """Write the .mo files beside the .po files."""
    for language in LANGUAGES:
        with _po(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(language))


def main() -> int:
    """Run one of the three."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    what = sys.argv[1:] or [""]
    if what[0] == "update":
        update()
    elif what[0] == "compile":
        compile_()
    elif what[0] == "check":
        faults = check()
        sys.stdout.writelines(f"{fault}\n" for fault in faults)
        return 1 if faults else 0
    else:
        sys.stderr.write(__doc__ or "")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
