"""`qadam import`: a file into the registry, with a verdict on every row."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, TextIO

import click

from geo.errors import BadFile
from geo.formats import Asked, Format, RawFeature, find_format
from registry import mapping
from registry.collections import COLLECTIONS, Collection, find_collection
from registry.errors import Invalid
from registry.imports import import_rows
from registry.kinds import Text
from registry.reports import ImportRefused, Report
from registry.units import of_heading
from web.cli.options import OPERATOR, collection_option, data_option, opened, progress_bar

SHOWN_FAULTS = 20
# From so many bytes on other processes help: to start one takes as long as to check 10,000 rows.
LARGE = 8 << 20
MOST_PROCESSES = 4
_REASON = Text(500)


def _clean(_context: click.Context, _parameter: click.Parameter, said: str) -> str:
    try:
        return _REASON.read(said) or ""
    except ValueError as error:
        raise click.BadParameter(f"it {error}.") from None


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@collection_option(COLLECTIONS)
@click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write a verdict per row as JSON lines."
)
@click.option("--keep-ids", is_flag=True, help="Take a feature's id as its ref.")
@click.option("--reason", default="", callback=_clean, help="Kept in the history of every record.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="THEIRS=OURS",
    help="What a column means, and its unit (“power=capacity_mw kW”); nothing after = leaves it "
    "out. Repeatable.",
)
@click.option("--sheet", default="", help="The sheet of a workbook; else the first with a table.")
def import_(
    file: Path,
    data: Path | None,
    name: str,
    dry_run: bool,
    report: Path | None,
    keep_ids: bool,
    reason: str,
    pairs: tuple[str, ...],
    sheet: str,
) -> None:
    """Read a file into the registry: every row, or none."""
    collection = find_collection(name)
    with ExitStack() as held:
        source = held.enter_context(_opened(file))
        rows = _mapped(collection, _rows(collection, find_format(file.name), source, sheet), pairs)
        store = held.enter_context(opened(data))
        verdicts = held.enter_context(_report_file(report))
        try:
            size = file.stat().st_size
            with progress_bar("Checking", size) as tell, store.writing() as session:
                result = import_rows(
                    session,
                    collection,
                    rows,
                    OPERATOR,
                    keep_ids=keep_ids,
                    reason=reason,
                    progress=lambda _rows: tell(source.tell()),
                    storing=lambda rows: tell(rows, description="Storing", total=None),
                    processes=min(os.cpu_count() or 1, MOST_PROCESSES) if size > LARGE else 0,
                )
                if dry_run:
                    session.rollback()
        except ImportRefused as error:
            _write_report(verdicts, error.report)
            _say_faults(error.report)
            raise
        _say_result(result, dry_run)
        _write_report(verdicts, result)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file; what can be read only once, as a pipe, is kept beside first."""
    with path.open("rb") as source:
        if source.seekable():
            yield source
            return
        with TemporaryFile() as copy:
            shutil.copyfileobj(source, copy)
            copy.seek(0)
            yield copy


def _rows(
    collection: Collection, form: Format, source: BinaryIO, sheet: str
) -> Iterator[RawFeature]:
    """The rows of a file; of a table it is said where they were found and what was left."""
    asked = Asked(sheet, mapping.is_name(collection))
    outline = form.outline(source, asked)
    source.seek(0)
    if outline is None:
        return form.read(source)
    if outline.header > 1:
        click.echo(f"row {outline.header:,} names the columns", err=True)
    if outline.written and not outline.written.startswith("UTF-8"):
        click.echo(f"read as {outline.written}", err=True)
    others = [f"“{one}”" for one in outline.sheets if one != outline.sheet]
    if others:
        click.echo(
            f"sheet “{outline.sheet}” is read, not {', '.join(others)}; --sheet chooses another",
            err=True,
        )
    return form.rows(source, Asked(outline.sheet, asked.is_name))


def _mapped(
    collection: Collection, rows: Iterator[RawFeature], pairs: Iterable[str]
) -> Iterator[RawFeature]:
    """The rows under our names; where columns are none of ours, what they may mean is said."""
    said = dict(_pair(text) for text in pairs)
    first = mapping.first_rows(rows)
    names = mapping.columns_of(first)
    try:
        meant = mapping.check(collection, names, said)
    except Invalid as error:
        raise click.UsageError(str(error)) from error
    meant |= {theirs: _in_unit(theirs, ours) for theirs, ours in said.items()}
    ours_of = {name: mapping.meaning(text).ours for name, text in meant.items()}
    if not mapping.fits(collection, [ours for ours in ours_of.values() if ours and ours != "id"]):
        unknown = {name for name, ours in ours_of.items() if not mapping.fits(collection, [ours])}
        for theirs, ours in mapping.suggest(collection, names).items():
            if theirs in unknown - said.keys() and ours:
                click.echo(
                    f'perhaps --map "{theirs}={ours.replace(mapping.ASKED, "UNIT")}"', err=True
                )
    return mapping.renamed(chain(first, rows), meant)


def _in_unit(theirs: str, ours: str) -> str:
    """A meaning with the unit of the heading where none was given; either way it is said."""
    unit, unknown = of_heading(theirs, ours)
    if unknown:
        click.echo(
            f"“{unknown}” in “{theirs}” is no unit that is known; its figures are taken as they "
            f'stand, unless one is said: --map "{theirs}={ours} UNIT"',
            err=True,
        )
        return ours
    if unit is None or unit.is_ours:
        return ours
    click.echo(f"“{theirs}” is read in {unit.name}", err=True)
    return f"{ours} {unit.name}"


def _pair(text: str) -> tuple[str, str]:
    theirs, mark, ours = text.rpartition("=")
    if not mark:
        raise click.UsageError(f"--map takes “their column=our property”; got “{text[:60]}”.")
    return theirs.strip(), ours.strip()


@contextmanager
def _report_file(path: Path | None) -> Iterator[TextIO | None]:
    """The report, opened before anything is stored, so that a wrong place is said in time."""
    if path is None:
        yield None
        return
    try:
        with path.open("w", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise BadFile(
            f"The report {path} cannot be written ({error.strerror}); choose another place."
        ) from error


def _write_report(file: TextIO | None, report: Report) -> None:
    if file is not None:
        file.writelines(f"{line}\n" for line in report.lines())


def _say_faults(report: Report) -> None:
    for verdict in report.refused[:SHOWN_FAULTS]:
        name = f" ({verdict.ref})" if verdict.ref else ""
        for field, sentences in verdict.faults.items():
            click.echo(f"row {verdict.row:,}{name}, {field}: {' '.join(sentences)}", err=True)
    more = len(report.refused) - SHOWN_FAULTS
    if more > 0:
        click.echo(f"… and {more:,} more faulty rows; --report FILE lists them all.", err=True)


def _say_result(report: Report, dry_run: bool) -> None:
    warnings = [(row.row, sentence) for row in report.rows for sentence in row.warnings]
    for row, sentence in warnings[:SHOWN_FAULTS]:
        click.echo(f"row {row:,}: {sentence}", err=True)
    more = len(warnings) - SHOWN_FAULTS
    if more > 0:
        click.echo(f"… and {more:,} more warnings; --report FILE lists them all.", err=True)
    counts = {
        "added": report.count("create"),
        "revised": report.count("revise"),
        "unchanged": report.count("unchanged"),
    }
    words = ", ".join(f"{number:,} {word}" for word, number in counts.items())
    click.echo(f"{words}{' (dry run: nothing was stored)' if dry_run else ''}", err=True)


COMMANDS = (import_,)
