"""Several processes that answer on one port, by granian: for many readers at once."""

import ctypes
import logging
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask

from registry.database.store import open_store
from web.app import create_app
from web.config import Settings

THREADS = 4
# glibc's mallopt: keep freed memory instead of giving it back and faulting it in again with each
# long answer.
_MALLOC_OPTIONS = ((-1, 1 << 28), (-2, 1 << 24), (-3, 1 << 28))


def check_installed() -> None:
    """Raise a usage error where granian is not there."""
    try:
        import granian  # noqa: F401, PLC0415  # an extra
    except ImportError:
        raise click.UsageError(
            "More than one worker needs granian; install it with pip install 'qadam[server]', or "
            "leave --workers out."
        ) from None


def run(settings: Settings, count: int) -> None:
    """Serve until told to stop; requests under way are answered, a worker that dies is replaced."""
    with TemporaryDirectory(prefix="qadam-") as folder:
        shared = replace(settings, shared_counts=Path(folder) / "counts.db")
        _serve(shared, count)


def _serve(settings: Settings, count: int) -> None:
    from granian import Granian  # noqa: PLC0415  # an extra
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415  # an extra
    from granian.log import LogLevels  # noqa: PLC0415  # an extra

    server = Granian(
        "web",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=count,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        websockets=False,
    )
    server.serve(target_loader=partial(_load, settings), wrap_loader=False)


def _load(settings: Settings) -> Flask:
    """The app of one worker on a store of its own: SQLite's connections cross no fork."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for option, value in _MALLOC_OPTIONS if hasattr(libc, "mallopt") else ():
            libc.mallopt(option, value)
    store = open_store(settings.data, settings.database_url, settings.longest_wait_ms)
    return create_app(settings, store)
