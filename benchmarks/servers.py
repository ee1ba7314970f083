"""The servers that are compared, and the load on them."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

QADAM = (sys.executable, "-m", "web.cli")
SCRIPT = Path(__file__).with_name("varied.lua")
WORKERS = 2


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Our server on a store; gives the address of the projects."""
    port = _free_port()
    words = ["serve", "--data", str(folder), "--port", str(port), "--no-open"]
    with _process([*QADAM, *words, "--workers", str(WORKERS)], os.environ | {}):
        yield _answering(f"http://127.0.0.1:{port}/api/collections/projects/items")


@contextmanager
def ceiling(bodies: Path) -> Iterator[str]:
    """The same server with an app that sends ready bytes."""
    port = _free_port()
    words = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS)]
    words += ["--port", str(port), "--no-ws", "--log-level", "warning", "benchmarks.ceiling:app"]
    with _process(words, os.environ | {"BYTES": str(bodies)}):
        _answering(f"http://127.0.0.1:{port}/0")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _process(words: Sequence[str], environment: dict[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, env=environment, stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            process.terminate()


def _answering(address: str) -> str:
    for _ in range(300):
        try:
            get(address)
        except OSError:
            time.sleep(0.1)
        else:
            return address
    sys.exit(f"Nobody answers at {address}.")


def get(address: str) -> bytes:
    """What an address answers."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        body: bytes = answer.read()
    return body


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def load(addresses: Sequence[str], clients: int, seconds: int) -> float:
    """Answers a second with keep-alive; who gives none is given ten times as long."""
    return _load(addresses, clients, seconds) or _load(addresses, clients, 10 * seconds)


def _load(addresses: Sequence[str], clients: int, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join("/" + address.split("/", 3)[3] for address in addresses))
        file.flush()
        words = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s"]
        words += ["-s", str(SCRIPT), addresses[0]]
        environment = os.environ | {"ADDRESSES": file.name}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    answers, microseconds, failed = map(int, done.stdout.splitlines()[-1].split())
    if failed:
        print(f"    {failed} of {answers} answers to {addresses[0]} failed", flush=True)
    return (answers - failed) / (microseconds / 1e6)
