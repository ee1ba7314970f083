"""Options that several commands take, and what they open."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from registry.actors import Actor
from registry.collections import Collection
from registry.database.store import Store, open_store
from web.config import Settings

# Whoever can read the file can change it: at the keyboard one is an administrator.
OPERATOR = Actor("operator", "admin")
Command = Callable[..., Any]


def data_option(command: Command) -> Command:
    """`--data DIR`: the folder of the embedded store; given, it wins over QADAM_DATABASE_URL."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Data folder (default ./var).",
    )(command)


def collection_option(among: Iterable[Collection]) -> Callable[[Command], Command]:
    """`--collection NAME`, projects by default."""
    names = click.Choice([collection.id for collection in among])
    return click.option("--collection", "name", type=names, default="projects", show_default=True)


def settings_of(data: Path | None, host: str = "127.0.0.1", port: int = 8000) -> Settings:
    """Settings from `--data` or the environment."""
    url = os.environ.get("QADAM_DATABASE_URL") or None
    if data is not None or url is None:
        return Settings(data=data or Path("var"), host=host, port=port)
    return Settings(data=None, database_url=url, host=host, port=port)


@contextmanager
def opened(data: Path | None) -> Iterator[Store]:
    """The store, closed at the end."""
    settings = settings_of(data)
    store = open_store(settings.data, settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def progress_bar(title: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A bar on a terminal, silence elsewhere; gives the function that says how many are done, and
    by name what else changes: `description`, `total`.
    """
    if not sys.stderr.isatty():
        yield lambda _done, **_change: None
        return
    from rich import progress  # noqa: PLC0415  # slow to import, and only here
    from rich.console import Console  # noqa: PLC0415

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done, **change: bar.update(task, completed=done, **change)
