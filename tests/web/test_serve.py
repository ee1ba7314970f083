"""The server in a process of its own: it answers, its file is whole, and what it stored stays."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas
import pytest
from click.testing import CliRunner

from registry import queries
from registry.collections import PROJECTS
from registry.database.store import open_store
from registry.filters import Filter
from web.cli import qadam


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, str, subprocess.Popen[str]]]:
    """A server in a process of its own: its address, its sign-in link, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "web.cli", "serve", "--data", str(folder)]
    words += ["--port", str(port), "--no-open", *options]
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
        yield f"http://127.0.0.1:{port}", link, process
        process.terminate()
        process.wait()
        guard.cancel()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A server in one process: its address and its sign-in link."""
    with serving(tmp_path / "d") as (address, link, _):
        yield address, link


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


def fetch(address: str) -> bytes:
    """An answer, as soon as somebody listens."""
    for _ in range(100):
        try:
            answer: bytes = urllib.request.urlopen(address, timeout=10).read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return answer
    pytest.fail(f"nobody answers at {address}")


def test_several_workers_answer_as_one_and_leave_a_whole_file(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    with serving(folder, "--workers", "2") as (address, link, process):
        assert fetch(f"{address}/healthz") == b"ok\n"
        assert b"Sign in" in fetch(link)
        pages = {fetch(f"{address}/api/collections/projects/items/P-000001") for _ in range(20)}
        assert len(pages) == 1
        process.terminate()
        assert process.wait(30) == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/healthz", timeout=5)
    journal = folder / "registry.gpkg-wal"
    assert not journal.exists() or journal.stat().st_size == 0
    shutil.copy(folder / "registry.gpkg", tmp_path / "copy.gpkg")
    assert len(geopandas.read_file(tmp_path / "copy.gpkg", layer="project")) >= 70


def test_several_workers_need_a_part_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "granian", None)
    said = CliRunner().invoke(qadam, ["serve", "--data", str(tmp_path / "d"), "--workers", "2"])
    assert said.exit_code == 2
    assert "granian" in said.output
    assert not (tmp_path / "d").exists()
