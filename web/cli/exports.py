"""`qadam export`: records into a file, with the page's own filters."""

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from geo.errors import BadFile
from geo.formats import find_format
from registry import exports
from registry.collections import PUBLISHED, find_collection
from registry.errors import BadFilter
from registry.fields import FIELDS, Cql2
from registry.filters import Filter, Page
from web.cli.options import collection_option, data_option, opened

_PAGING = {
    "sortby": "Order: properties, comma-separated, - before one turns it",
    "limit": "At most so many records",
    "offset": "Leave out so many records first",
}
_LANGUAGE = {
    "filter-lang": "How the condition is written: cql2-text (left out) or cql2-json",
    "filter-crs": "The reference system of its places (left out: longitude, latitude)",
}


@click.command("export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@collection_option(PUBLISHED)
@click.option("--public", is_flag=True, help="Only what everybody may see.")
def export(out: Path, data: Path | None, name: str, public: bool, **asked: Any) -> None:
    """Write records to a file: its ending says the format, the filters are the map page's."""
    collection, written = find_collection(name), find_format(out.name)
    args = {_parameter(key): list(texts) for key, texts in asked.items() if texts}
    try:
        question, page = Filter.parse(args, collection), Page.parse(args, collection)
    except BadFilter as error:
        raise click.UsageError(str(error)) from error
    with opened(data) as store, store.reading() as session:
        try:
            question.check(session, public_only=public)
        except BadFilter as error:
            raise click.UsageError(str(error)) from error
        body = exports.export(session, collection, question, page, written, public_only=public)
        _write_whole(out, body)


def _parameter(key: str) -> str:
    """The page's name of an option: two of the standard's have a dash."""
    return dashed if (dashed := key.replace("_", "-")) in Cql2.beside else key


def _with_filters(command: click.Command) -> click.Command:
    """One repeatable option for each filter of any collection, spelt like the page's parameter."""
    labels: dict[str, str] = {}
    for field in (field for fields in FIELDS.values() for field in fields):
        labels.setdefault(field.name, field.label)  # as projects, the usual ones, call it
    labels |= _PAGING | _LANGUAGE
    for name, label in labels.items():
        spellings = [f"--{name.replace('_', '-')}", *(["--cql"] if name == "filter" else [])]
        # Click names the argument after the parameter; only a name of Python's can be one.
        option = click.Option([*spellings, name.replace("-", "_")], multiple=True, help=label)
        command.params.append(option)
    return command


def _write_whole(out: Path, body: Iterable[bytes]) -> None:
    """Write beside the file and put it in place at the end: a broken export leaves nothing half."""
    try:
        target = out.resolve()  # a link stays a link, to the new file
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(body)
            Path(beside).chmod(_mode(target))
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadFile(
            f"{out} cannot be written ({error.strerror}); choose another place."
        ) from error


def _mode(path: Path) -> int:
    """The rights of the file that is there, or of any new file."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


COMMANDS = (_with_filters(export),)
