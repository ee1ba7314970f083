"""`qadam check`: proves that the registry is sound, and says what is not."""

from pathlib import Path

import click

from registry import integrity
from registry.errors import StoreError
from web.cli.options import data_option, opened, progress_bar

SHOWN_FAULTS = 50


@click.command()
@data_option
def check(data: Path | None) -> None:
    """Prove that what is stored is sound; exit 1 where something is wrong."""
    with opened(data) as store, store.reading() as session:
        total = integrity.work(session)
        with progress_bar("Checking", total) as tell:
            faults = list(integrity.check(session, tell))
    for fault in faults[:SHOWN_FAULTS]:
        click.echo(f"{fault.check}: {fault.sentence}", err=True)
    if faults:
        many = "1 thing is" if len(faults) == 1 else f"{len(faults):,} things are"
        raise StoreError(f"{many} wrong with what is stored.")
    proven = "; ".join(one.label.lower() for one in integrity.CHECKS)
    click.echo(f"Everything is sound: {proven}.", err=True)


COMMANDS = (check,)
