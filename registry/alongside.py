"""The results of functions over many items, reckoned in other processes, in the items' order.

Each process has a pipe of its own, whose other end only this one holds: whoever of the two is
killed, the other learns of it, and none is left behind.
"""

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, TypeVar

from registry.errors import StoreError

Item = TypeVar("Item")
Result = TypeVar("Result")


class Helpers:
    """So many processes beside this one, each started when there is work for it; with none, this
    one does the work.
    """

    def __init__(self, count: int = 0) -> None:
        """Start nothing yet."""
        self._count = count
        self._started: list[tuple[Connection, Any]] = []

    def __enter__(self) -> "Helpers":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        for pipe, _ in self._started:
            pipe.close()
        for _, process in self._started:
            process.join()

    def in_order(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[Result]:
        """The function of each item; as many items wait as there are processes.

        Function, items and results can be pickled, and no item can be called.

        Raises StoreError where a process ended before its work.
        """
        if not self._count:
            yield from map(function, items)
            return
        asked: deque[Connection] = deque()
        for item in items:
            if len(asked) < self._count:
                pipe = self._told(len(asked), function)
            else:
                pipe = asked.popleft()
                yield _said(pipe.recv)
            _said(pipe.send, item)
            asked.append(pipe)
        while asked:
            yield _said(asked.popleft().recv)

    def _told(self, number: int, function: Callable[[Any], Any]) -> Connection:
        """The pipe of a process that knows what to do."""
        if number == len(self._started):
            self._started.append(_start())
        pipe, _ = self._started[number]
        _said(pipe.send, function)
        return pipe


def _start() -> tuple[Connection, Any]:
    context = get_context("spawn")  # a copy of this process would hold its connections too
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def _said(speak: Callable[..., Any], *item: Any) -> Any:
    try:
        return speak(*item)
    except (EOFError, OSError):
        raise StoreError(
            "A process that helps with the import ended before its work was done; import again. "
            "Nothing was stored."
        ) from None


def _serve(pipe: Connection) -> None:
    """Do what is said until nobody says anything any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this says when to stop
    gc.set_threshold(100_000, 50, 100)
    function: Callable[[Any], Any] = print
    try:
        while True:
            said = pipe.recv()
            if callable(said):
                function = said
            else:
                pipe.send(function(said))
    except (EOFError, OSError):
        return
