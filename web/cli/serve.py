"""`qadam serve`: the registry in a browser."""

import errno
import logging
import select
import signal
import socket
import sys
import webbrowser
from pathlib import Path

import click
from waitress.server import create_server

from registry import accounts, uploads
from registry.database.engine import writing
from registry.database.store import Store, open_store
from registry.errors import StoreError
from web.app import create_app
from web.cli import workers as processes
from web.cli.data import prepare
from web.cli.options import data_option, settings_of
from web.config import Settings

THREADS = 8
MOST_CONNECTIONS = 500
IDLE_SECONDS = 60
HIGHEST_PORT = 65535
MOST_WORKERS = 64


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, HIGHEST_PORT))
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, MOST_WORKERS),
    help="Processes that answer; more than one needs granian (the extra “server”).",
)
def serve(data: Path | None, host: str, port: int, no_open: bool, workers: int) -> None:
    """Serve the registry; makes it first where there is none."""
    if workers > 1:
        processes.check_installed()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    settings = settings_of(data, host, port)
    listener = _listen(settings)
    store = open_store(settings.data, settings.database_url, settings.longest_wait_ms)
    try:
        prepare(store)
        _tidy(store, settings)
        address = _welcome(settings, store)
        if not no_open and sys.stderr.isatty():
            webbrowser.open(address)
        if workers > 1:
            store.close()  # each worker opens its own
            listener.close()
            processes.run(settings, workers)
            store.settle()
        else:
            _run(settings, store, listener)
    finally:
        store.close()
        listener.close()


def _run(settings: Settings, store: Store, listener: socket.socket) -> None:
    """Answer in this process, until told to stop."""
    server = create_server(
        create_app(settings, store),
        sockets=[listener],
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        asyncore_use_poll=hasattr(select, "poll"),  # select() knows no more than 1,024 files
        # Above this the connection ends; below it a page says what is too large.
        max_request_body_size=4 * settings.largest_upload_bytes,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
    # The system's own "stop" is an end like Ctrl+C: answers are finished, files closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()


def _tidy(store: Store, settings: Settings) -> None:
    """Forget files that waited too long for the word to store them."""
    with writing(store.accounts) as session, session.begin():
        uploads.tidy(session, settings.uploads)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else, so that a port in use is said at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two servers share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)  # without this two servers could both bind and one fail only later
    except OSError as error:
        listener.close()
        raise StoreError(_why_not(settings, error)) from error
    return listener


def _why_not(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} is in use; stop the other program or choose another, "
            f"as --port {settings.port + 1}."
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} needs special rights; choose one above 1023 with --port."
    return f"Nothing can listen on {settings.host}:{settings.port} ({error.strerror or error})."


def _welcome(settings: Settings, store: Store) -> str:
    """Say where the registry is; on this machine also how to sign in. Gives the address."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    click.echo(f"Qadam is at {address}/", err=True)
    if settings.on_loopback:
        with writing(store.accounts) as session, session.begin():
            token = accounts.make_link(session)
        click.echo(f"Sign in once, within 10 minutes: {address}/sign-in/{token}", err=True)
    click.echo("Stop it with Ctrl+C.", err=True)
    return address


COMMANDS = (serve,)
