"""The command `qadam`: composes the registry, its seeds and the server."""

import sys

import click
from sqlalchemy.exc import DBAPIError

from geo.errors import GeoError
from registry.database.engine import explain
from registry.errors import RegistryError
from web.cli import data, files, people, proof, serve

DONE, WRONG_INPUT = 0, 1


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def qadam() -> None:
    """Registry of proposed energy and decarbonization projects in Central Asia."""


for _command in (
    *serve.COMMANDS,
    *data.COMMANDS,
    *proof.COMMANDS,
    *files.COMMANDS,
    *people.COMMANDS,
):
    qadam.add_command(_command)


def main() -> None:
    """Run a command; exit 0 done, 1 the input or the data is wrong, 2 wrong usage."""
    try:
        qadam(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was stored.", err=True)
        sys.exit(WRONG_INPUT)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (RegistryError, GeoError) as error:
        click.echo(f"qadam: {error}", err=True)
        sys.exit(WRONG_INPUT)
    except DBAPIError as error:
        click.echo(f"qadam: {explain(error)}", err=True)
        sys.exit(WRONG_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(DONE)
