"""The server in a process of its own: it answers, its file is whole, and what it stored stays."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest

from registry import queries
from registry.collections import PROJECTS
from registry.database.store import open_store
from registry.filters import Filter


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server in a process of its own: its address and its sign-in link."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        sys.executable,
        "-m",
        "web.cli",
        "serve",
        "--data",
        str(tmp_path / "d"),
        "--port",
        str(port),
        "--no-open",
    ]
    environment = {
        name: value for name, value in os.environ.items() if name != "QADAM_DATABASE_URL"
    }
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        guard = threading.Timer(60, process.kill)
        guard.start()
        said = []
        for line in process.stderr:
            said.append(line)
            if "Ctrl+C" in line:
                break
        text = "".join(said)
        link = next(word for word in text.split() if "/sign-in/" in word)
        yield f"http://127.0.0.1:{port}", link
        process.terminate()
        guard.cancel()


def test_serve_answers_and_prints_a_link_that_signs_in(served: tuple[str, str]) -> None:
    address, link = served
    assert urllib.request.urlopen(f"{address}/healthz", timeout=10).read() == b"ok\n"
    assert link.startswith(address)
    assert b"Sign in" in urllib.request.urlopen(link, timeout=10).read()


def test_a_copy_of_the_live_file_alone_is_whole(served: tuple[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "d"
    shutil.copy(folder / "registry.gpkg", tmp_path / "copy.gpkg")
    assert len(geopandas.read_file(tmp_path / "copy.gpkg", layer="project")) >= 70


def test_what_was_answered_with_success_survives_a_kill(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from registry.database.store import open_store\n"
        "from tests.factories import make_project\n"
        "store = open_store(Path(sys.argv[1]), None)\n"
        "with store.writing() as session: make_project(session, name='Kept')\n"
        "print('stored', flush=True)\n"
        "context = store.writing(); session = context.__enter__(); make_project(session, "
        "name='Not answered')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "d")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "stored\n"
    assert done.returncode == -9
    store = open_store(tmp_path / "d", None)
    with store.reading() as session:
        assert queries.count(session, PROJECTS, Filter("projects"), public_only=False) == 1
    store.close()
