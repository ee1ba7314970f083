"""`qadam user` and `qadam token`: who may sign in, and what programs show."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from registry import tokens, users
from registry.actors import ROLES
from registry.database.engine import reading, writing
from registry.database.types import moment_text
from web.cli.options import data_option, opened

_role = click.Choice([role.slug for role in ROLES])


@click.group()
def user() -> None:
    """Who may sign in."""


@user.command("add")
@data_option
@click.argument("name")
@click.option("--role", type=_role, default="planner", show_default=True)
@click.option("--organisation", default="", help="Whom they work for.")
def add_user(data: Path | None, name: str, role: str, organisation: str) -> None:
    """Add a user; the password is asked for, or read from a pipe."""
    password = _password()
    with _writing(data) as session:
        added = users.add(session, name, role, password, organisation)
        click.echo(f"{added.name} may sign in as {added.role}.", err=True)


@user.command("list")
@data_option
def list_users(data: Path | None) -> None:
    """All users, one a line."""
    with _reading(data) as session:
        _table(
            ("name", "role", "organisation", "since", "state"),
            (
                (
                    one.name,
                    one.role,
                    one.organisation or "",
                    f"{one.created_at:%Y-%m-%d}",
                    "disabled" if one.disabled_at else "",
                )
                for one in users.every(session)
            ),
        )


@user.command("role")
@data_option
@click.argument("name")
@click.argument("role", type=_role)
def set_role(data: Path | None, name: str, role: str) -> None:
    """Give a user another role, from now on."""
    with _writing(data) as session:
        users.set_role(session, name, role)


@user.command("organisation")
@data_option
@click.argument("name")
@click.argument("organisation")
def set_organisation(data: Path | None, name: str, organisation: str) -> None:
    """Say whom a user works for; "" for nobody."""
    with _writing(data) as session:
        users.set_organisation(session, name, organisation)


@user.command("password")
@data_option
@click.argument("name")
def set_password(data: Path | None, name: str) -> None:
    """Give a user another password; signs them out everywhere."""
    password = _password()
    with _writing(data) as session:
        users.set_password(session, name, password)


@user.command()
@data_option
@click.argument("name")
def disable(data: Path | None, name: str) -> None:
    """Let a user in no more; ends their sessions and their tokens."""
    with _writing(data) as session:
        users.disable(session, name)


@user.command()
@data_option
@click.argument("name")
def enable(data: Path | None, name: str) -> None:
    """Let a user in again."""
    with _writing(data) as session:
        users.enable(session, name)


@click.group()
def token() -> None:
    """What programs show to write, or to read what is not public."""


@token.command("create")
@data_option
@click.option("--name", required=True, help="Stands in the history of what it changes.")
@click.option("--role", type=_role, required=True)
@click.option("--days", type=int, default=tokens.DAYS, show_default=True, help="How long it lives.")
def create_token(data: Path | None, name: str, role: str, days: int) -> None:
    """Print a new token, this once; only its hash is kept."""
    with _writing(data) as session:
        made = tokens.create(session, name, role, days)
    click.echo(made)
    click.echo("Keep it: it is not shown again.", err=True)


@token.command("list")
@data_option
def list_tokens(data: Path | None) -> None:
    """All tokens, one a line; never the tokens themselves."""
    with _reading(data) as session:
        _table(
            ("name", "role", "expires", "last use", "state"),
            (
                (
                    one.name,
                    one.role,
                    f"{one.expires_at:%Y-%m-%d}",
                    moment_text(one.last_used_at) if one.last_used_at else "",
                    tokens.state(one),
                )
                for one in tokens.every(session)
            ),
        )


@token.command()
@data_option
@click.argument("name")
def revoke(data: Path | None, name: str) -> None:
    """End a token for good."""
    with _writing(data) as session:
        tokens.revoke(session, name)


def _password() -> str:
    """A password that no list of processes and no history of a shell shows."""
    if sys.stdin.isatty():
        said: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return said
    return sys.stdin.readline().rstrip("\r\n")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    for row in (heads, *rows):
        click.echo("\t".join(row))


@contextmanager
def _writing(data: Path | None) -> Iterator[Session]:
    with opened(data) as store, writing(store.accounts) as session, session.begin():
        yield session


@contextmanager
def _reading(data: Path | None) -> Iterator[Session]:
    with opened(data) as store, reading(store.accounts) as session:
        yield session


COMMANDS = (user, token)
