"""Commands on the registry as a whole: make it, seed it, prove that it is sound."""

from pathlib import Path

import click

from registry import crossref
from registry.database.store import Store
from seeds import load as seeds
from web.cli.options import data_option, opened, progress_bar


@click.command()
@data_option
@click.option("--empty", is_flag=True, help="Load no seeds.")
def init(data: Path | None, empty: bool) -> None:
    """Make or migrate the registry and load its first facts once."""
    with opened(data) as store:
        prepare(store, empty=empty)


@click.command()
@data_option
@click.option(
    "--update", is_flag=True, required=True, help="Add new seeds; leave what others revised."
)
def seed(data: Path | None, update: bool) -> None:
    """Bring the shipped facts up to date."""
    with opened(data) as store, store.writing() as session, progress_bar("Seeds", None) as tell:
        for loaded in seeds.load(session, tell):
            click.echo(
                f"{loaded.collection}: {loaded.created} added, {loaded.revised} corrected", err=True
            )


@click.command("crossref")
@data_option
@click.option("--rebuild", is_flag=True, help="Compute all pairs anew.")
def crossref_(data: Path | None, rebuild: bool) -> None:
    """Count the stored pairs of projects and deposits, or compute them anew."""
    with opened(data) as store:
        pairs = _rebuilt(store) if rebuild else _counted(store)
    click.echo(f"{pairs:,} pairs within {crossref.RADIUS_KM:g} km", err=True)


def _counted(store: Store) -> int:
    with store.reading() as session:
        return crossref.stored_pairs(session)


def _rebuilt(store: Store) -> int:
    with store.writing() as session:
        total = crossref.measured_projects(session)
        with progress_bar("Pairs", total) as tell:
            return crossref.rebuild(session, tell)


def prepare(store: Store, *, empty: bool = False) -> None:
    """Load the seeds if nobody did yet, and say so."""
    with store.reading() as session:
        if seeds.are_loaded(session):
            return
    with store.writing() as session, progress_bar("Loading the first facts", None) as tell:
        if empty:
            seeds.mark_loaded(session)
            return
        for loaded in seeds.load(session, tell):
            click.echo(f"{loaded.collection}: {loaded.created:,} loaded", err=True)
    store.settle()


COMMANDS = (init, seed, crossref_)
