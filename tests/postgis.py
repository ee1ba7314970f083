"""A throw-away PostgreSQL cluster with PostGIS: no TCP, no fsync, an unprivileged user even under
root.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg

TEMPLATE = "qadam_template"


def find_tool(name: str) -> str | None:
    """A program of PostgreSQL: on PATH, or in Debian's versioned folders."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(debian[0]) if debian else shutil.which(name)


def why_not() -> str:
    """Why no cluster can be started here; empty where it can."""
    if not find_tool("initdb") or not find_tool("pg_ctl"):
        return "PostgreSQL is not installed (Debian: postgresql-15-postgis-3)"
    share = Path("/usr/share/postgresql")
    if share.exists() and not list(share.glob("*/extension/postgis.control")):
        return "PostGIS is not installed (Debian: postgresql-15-postgis-3)"
    return ""


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster; gives its address without a database's name. Stopped and removed at the
    end.
    """
    root = Path(mkdtemp(prefix="pg-"))  # short: a socket path has 107 bytes
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        postgres = pwd.getpwnam("postgres")
        os.chown(root, postgres.pw_uid, postgres.pw_gid)
        who = {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}

    def run(tool: str, *words: str) -> None:
        subprocess.run(
            [find_tool(tool) or tool, *words],
            check=True,
            cwd=root,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
            **who,
        )

    data, log = str(root / "data"), str(root / "log")
    options = f"-k {root} -c listen_addresses='' -c fsync=off -c synchronous_commit=off"
    run(
        "initdb",
        "-D",
        data,
        "-U",
        "test",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
        "--locale=C.UTF-8",
    )
    run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
    try:
        yield f"host={root} user=test"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(root, ignore_errors=True)


def execute(server: str, statement: str, database: str = "postgres") -> None:
    """One statement outside a transaction, as CREATE DATABASE needs it."""
    with psycopg.connect(f"{server} dbname={database}", autocommit=True) as connection:
        connection.execute(statement)


def url(server: str, database: str) -> str:
    """The address that SQLAlchemy takes."""
    host = server.split("host=")[1].split(maxsplit=1)[0]
    return f"postgresql+psycopg://test@/{database}?host={host}"
