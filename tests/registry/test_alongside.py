"""Work in other processes: in order, and nobody is left behind, whoever is killed."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from registry.alongside import Helpers
from registry.errors import StoreError

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal
from registry.alongside import Helpers

if __name__ == "__main__":
    with Helpers(2) as helpers:
        asked = helpers.in_order(os.path.join, ["a", "b", "c"])
        next(asked)
        print(*(process.pid for _, process in helpers._started), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("count", [0, 1, 2])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    with Helpers(count) as helpers:
        assert list(helpers.in_order(partial(pow, 2), range(7))) == [1, 2, 4, 8, 16, 32, 64]
        assert list(helpers.in_order(str, range(3))) == ["0", "1", "2"]  # and then another work
        assert list(helpers.in_order(str, [])) == []


def test_as_many_items_are_taken_as_there_are_processes() -> None:
    items = iter(range(9))
    with Helpers(2) as helpers:
        next(helpers.in_order(str, items))
        assert next(items) == 3


def test_a_helper_that_dies_is_said() -> None:
    with Helpers(2) as helpers, pytest.raises(StoreError, match="Nothing was stored"):
        list(helpers.in_order(os._exit, [1, 1, 1]))


def test_the_helpers_of_a_killed_program_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    helpers = [int(pid) for pid in done.stdout.split()]
    assert len(helpers) == 2
    for _ in range(600):
        if not any(map(_runs, helpers)):
            return
        time.sleep(0.05)
    pytest.fail("a helper still runs after half a minute")


def _runs(pid: int) -> bool:
    """Whether there is such a process, and not only its ending that nobody asked for."""
    done = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")
