"""The `samlad` command: exit status 0, or 2 with one sentence."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

EXAMPLES = """\
examples:
  samlad setup                           begin: print the address of the first page
  samlad serve                           serve the pages and do the background work
  samlad compile händelser.csv --out ut  make a picture of any file of incidents
  samlad import fel.csv --municipality 1260 --source felanmalan
  samlad audit verify                    walk the audit chain from its first link
"""
COMPILE = """\
Reads a file of incidents (CSV with any delimiter, or the police's published events), counts
them by category, area and week, tests what deviates from comparable weeks, and writes three
files to the folder given with --out:

  picture.json     the picture, documented in docs/reference/picture.md, with its hash
  lagesbild.pdf    the same as an accessible PDF in Swedish
  map.geojson      the areas with what the picture says of each

Without --mapping the columns are recognised from the header; without --areas a grid is made
whose cell size is stated; without --until the period is the last complete ISO week in the
file. The same command twice writes the same bytes.

A mapping is JSON:
  {"timezone": "Europe/Stockholm", "crs": "EPSG:4326",
   "columns": {"time": "Date", "category": "Type", "lat": "Lat", "lon": "Lon"}}
where columns may name: time, ends, category, lat, lon, x, y, area, place, external_id, text,
number, cost, police_reported, link.
"""
SETUP = """\
Without options: prints the address of a page where the first person begins. It works once.

With --municipality, --name, --person and --email: sets the municipality up at once, takes in
the files given, and prints that person's invitation. What is there already is left alone.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        run: Callable[[argparse.Namespace], int] = chosen.run
        return run(chosen)
    except _Unusable as error:
        print(f"samlad: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 2
    except KeyboardInterrupt:
        return 130


class _Unusable(Exception):
    """Something the person can put right; `str()` is one sentence."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        print(f"samlad: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="samlad",
        description="The municipality's joint situational picture.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    serve = commands.add_parser("serve", help="serve the pages and do the background work")
    serve.set_defaults(run=_serve)

    compile_ = commands.add_parser(
        "compile",
        help="make a picture of a file of incidents, without a database",
        description=COMPILE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compile_.add_argument("events", type=Path, metavar="EVENTS", help="the file of incidents")
    compile_.add_argument("--areas", type=Path, help="GeoJSON or GeoPackage of areas")
    compile_.add_argument("--area-code", metavar="PROP", help="the areas' property with a code")
    compile_.add_argument("--area-name", metavar="PROP", help="the areas' property with a name")
    compile_.add_argument(
        "--until", type=_day, metavar="DATE", help="the last day read, as YYYY-MM-DD"
    )
    compile_.add_argument("--weeks", type=_weeks, metavar="N", help="history read (default: all)")
    compile_.add_argument("--mapping", type=Path, metavar="FILE", help="which column is what")
    compile_.add_argument(
        "--seed",
        type=_seed,
        metavar="N",
        help="of the permutations (default: the last day)",
    )
    compile_.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    compile_.set_defaults(run=_compile)

    import_ = commands.add_parser("import", help="read a file of incidents into a source")
    import_.add_argument("file", type=Path, metavar="FILE")
    import_.add_argument("--municipality", required=True, metavar="CODE", help="SCB's four digits")
    import_.add_argument("--source", required=True, metavar="NAME", help="the source's code")
    import_.add_argument("--mapping", type=Path, metavar="FILE", help="which column is what")
    import_.add_argument(
        "--dry-run", action="store_true", help="say what would become of the rows; write nothing"
    )
    import_.add_argument(
        "--rejected",
        type=Path,
        metavar="FILE",
        help="write the rejected rows there, as the same kind of file with the reason",
    )
    import_.add_argument(
        "--accept-outside",
        action="store_true",
        help="read it also when over half lies outside the municipality",
    )
    import_.set_defaults(run=_import)

    setup = commands.add_parser(
        "setup",
        help="set a municipality up: print the address where the first person begins",
        description=SETUP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    setup.add_argument("--municipality", metavar="CODE", help="SCB's four digits")
    setup.add_argument("--name", help="the municipality's name")
    setup.add_argument("--board", default="Kommunstyrelsen", help="the responsible board")
    setup.add_argument("--person", metavar="NAME", help="who begins")
    setup.add_argument("--email", metavar="ADDRESS", help="their e-mail address")
    setup.add_argument("--areas", type=Path, metavar="FILE", help="SCB's areas (RegSO)")
    setup.add_argument("--people", type=Path, metavar="FILE", help="organisations and people")
    setup.set_defaults(run=_setup)

    demo = commands.add_parser("demo", help="load the demonstration municipality")
    demo.set_defaults(run=_demo)

    tick = commands.add_parser("tick", help="send and record what has fallen due")
    tick.set_defaults(run=_tick)

    audit = commands.add_parser("audit", help="the record of who did what")
    what = audit.add_subparsers(required=True, metavar="WHAT", parser_class=_Parser)
    verify = what.add_parser("verify", help="walk the chain and name the first broken link")
    verify.set_defaults(run=_verify)
    return parser


def help_texts() -> list[tuple[str, str]]:
    """Return each command's help, for the generated reference."""
    os.environ["COLUMNS"] = "92"
    parser = _parser()
    found = [("samlad", parser.format_help())]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                found.append((f"samlad {name}", command.format_help()))
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-11-22") from None


def _weeks(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 5000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of weeks")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number, 0 or more")
    return int(text)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _compile(chosen: argparse.Namespace) -> int:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)  # no database, no data folder: arithmetic only
    from samlad.intake import mapping as mappings
    from samlad.picture import from_file, publishing
    from samlad.places import area_files

    try:
        mapping = None
        if chosen.mapping is not None:
            mapping = mappings.from_text(_text(chosen.mapping))
        areas = None
        if chosen.areas is not None:
            areas = area_files.read(chosen.areas, code=chosen.area_code, name=chosen.area_name)
        if chosen.out.exists() and not chosen.out.is_dir():
            raise _Unusable(f"--out: '{chosen.out}' is a file, not a folder.")
        made = from_file.prepare(
            chosen.events,
            areas=areas,
            until=chosen.until,
            weeks=chosen.weeks,
            mapping=mapping,
            seed=chosen.seed,
            progress=_say,
        )
        _say("Compiling")
        picture = publishing.write(made, chosen.out)
    except ValueError as error:
        raise _Unusable(str(error)) from error
    except OSError as error:
        raise _Unusable(f"{error.filename or ''}: {error.strerror}.") from error
    file = picture["inputs"][0]
    print(
        f"{file['rows']} rows = {file['accepted']} accepted + {file['rejected']} rejected "
        f"+ {file['already_known']} already known"
    )
    print(
        f"{picture['period']['starts_on']} to {picture['period']['ends_before']} (not included): "
        f"{len(picture['findings'])} findings, {picture['tested']['series']} series tested, "
        f"{picture['tested']['too_short']} too short"
    )
    print(f"hash {picture['hash']}")
    for name in ("picture.json", "lagesbild.pdf", "map.geojson"):
        print(chosen.out / name)
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _Unusable(f"The file {path} cannot be read.") from error


def _start_django(*, demo: bool = False) -> None:
    """Check the environment and start Django; a bad value is one sentence, now."""
    from samlad.config import environment

    if demo:
        os.environ["SAMLAD_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samlad.config.settings")
    try:
        environment.read()
    except environment.BadEnvironment as error:
        raise _Unusable(str(error)) from error
    import django
    from django.db import OperationalError, connection

    django.setup()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise _Unusable(f"DATABASE_URL: the database does not answer ({reason}).") from error


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _serve(_: argparse.Namespace) -> int:
    _start_django()
    _migrate()
    from samlad.config import serving

    try:
        return serving.serve()
    except serving.PortTaken as error:
        raise _Unusable(str(error)) from error


def _demo(_: argparse.Namespace) -> int:
    _start_django(demo=True)
    _migrate()
    from samlad.demo import loading

    try:
        loading.load(say=_say)
    except loading.NotADemo as error:
        raise _Unusable(str(error)) from error
    for role, email, password in loading.sign_ins():
        print(f"{role}  {email}  {password}")
    return 0


def _setup(chosen: argparse.Namespace) -> int:
    _start_django()
    _migrate()
    from django.utils import translation

    from samlad.setup import at_once, beginning

    given = [chosen.municipality, chosen.name, chosen.person, chosen.email]
    if not any([*given, chosen.areas, chosen.people]):
        from django.conf import settings

        print(f"{settings.ENVIRONMENT.url}/kom-igang/{beginning.open_()}/")
        return 0
    if not all(given):
        raise _Unusable("--municipality, --name, --person and --email go together.")
    with translation.override("en"):
        try:
            address = at_once.set_up(
                code=chosen.municipality,
                name=chosen.name,
                board=chosen.board,
                person=chosen.person,
                email=chosen.email,
                areas=chosen.areas,
                people=chosen.people,
                say=_say,
            )
        except at_once.UNUSABLE as error:
            raise _Unusable(str(error)) from error
    print(address)
    return 0


def _import(chosen: argparse.Namespace) -> int:
    _start_django()
    _migrate()
    from django.utils import translation

    from samlad.config import importing

    with translation.override("en"):
        try:
            importing.read(
                path=chosen.file,
                municipality=chosen.municipality,
                source=chosen.source,
                mapping=None if chosen.mapping is None else _text(chosen.mapping),
                dry_run=chosen.dry_run,
                accept_outside=chosen.accept_outside,
                rejected=chosen.rejected,
                say=_say,
                tell=print,
                draw=_draw if sys.stderr.isatty() else None,
            )
        except importing.UNUSABLE as error:
            raise _Unusable(str(error)) from error
    return 0


def _draw(share: int, rows: int) -> None:
    bar = "#" * (share // 4)
    print(f"\r  [{bar:25}] {share:3} %  {rows:,} rows", end="", file=sys.stderr, flush=True)


def _tick(_: argparse.Namespace) -> int:
    _start_django()
    from samlad.config import serving

    serving.tick()
    return 0


def _verify(_: argparse.Namespace) -> int:
    _start_django()
    from samlad.audit import verification

    found = verification.verify()
    if found.broken_at is not None:
        raise _Unusable(
            f"Link {found.broken_at} of the audit chain is broken: {found.fault}; "
            f"{found.links} links before it hold."
        )
    print(f"{found.links} links, all hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
