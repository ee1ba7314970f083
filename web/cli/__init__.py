"""The command `qadam`: composes the registry, its seeds and the server."""

import gc
import sys
from importlib import import_module

import click

from geo.errors import GeoError
from registry.errors import RegistryError

DONE, WRONG_INPUT = 0, 1
# Modules are loaded and rows come and go, next to none of them in rings: to look for rings is time
# lost.
RARELY = (100_000, 50, 100)

# Where each command is: one loads only what it needs, since a server and its maps take a second.
MODULES = {
    "serve": "serve",
    "init": "data",
    "seed": "data",
    "crossref": "data",
    "check": "proof",
    "import": "files",
    "export": "exports",
    "user": "people",
    "token": "people",
}


class _Commands(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the table."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, loaded now."""
        if cmd_name not in MODULES:
            return None
        commands: tuple[click.Command, ...] = import_module(f"web.cli.{MODULES[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def qadam() -> None:
    """Registry of proposed energy and decarbonization projects in Central Asia."""


def main() -> None:
    """Run a command; exit 0 done, 1 the input or the data is wrong, 2 wrong usage."""
    gc.set_threshold(*RARELY)
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  # large: loaded under the line above

    from registry.database.engine import explain  # noqa: PLC0415

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
