"""How often somebody may try: a table of limits, counted for all processes of a server."""

import math
import sqlite3
import time
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from web.config import Rate

_KEY = "qadam.rates"
# Whoever tries under more names than this pushes the oldest out; looked after now and then.
_MOST_KEYS = 20_000
_TIDY_EACH = 1_000
# For each key when all its tries are there again: a leaky bucket in one number (GCRA).
_PREPARE = """
PRAGMA journal_mode = MEMORY;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS tried (
    name TEXT, key TEXT, full_at REAL, PRIMARY KEY (name, key)
) WITHOUT ROWID;
"""
_SPEND = """
INSERT INTO tried VALUES (:name, :key, :at + :each)
ON CONFLICT DO UPDATE SET full_at = max(full_at, :at) + :each
WHERE max(full_at, :at) + :each <= :at + :seconds
"""
_GIVE_BACK = "UPDATE tried SET full_at = full_at - :each WHERE name = :name AND key = :key"
_WHEN = "SELECT full_at FROM tried WHERE name = :name AND key = :key"
_TIDY = """
DELETE FROM tried WHERE full_at <= (
    SELECT full_at FROM tried ORDER BY full_at DESC LIMIT 1 OFFSET :most
)
"""


def init_app(app: Flask, rates: Iterable[Rate], shared: Path | None = None) -> None:
    """Count for this app; what is not in the table is not limited.

    In a `shared` file the processes of a server count together, else each by itself.
    """
    app.extensions[_KEY] = _Meters(rates, shared)


def spend(name: str, key: str) -> None:
    """Count one try; raises TooManyRequests, with when to come back, where there were too many."""
    meters = _meters()
    wait_s = meters.spend(name, key)
    if wait_s:
        raise TooManyRequests(
            f"{meters.rates[name].what} {math.ceil(wait_s)} seconds.",
            retry_after=math.ceil(wait_s),
        )


def give_back(name: str, key: str) -> None:
    """A try that went well does not count."""
    _meters().give_back(name, key)


def address() -> str:
    """Who is at the other end: an address, of IPv6 the network that one household has."""
    said = request.remote_addr or ""
    try:
        found = ip_address(said)
    except ValueError:
        return said
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else said


def _meters() -> "_Meters":
    found: _Meters = current_app.extensions[_KEY]
    return found


class _Meters:
    """What was tried, in a table that is lost with the server."""

    def __init__(self, rates: Iterable[Rate], shared: Path | None) -> None:
        self.rates = {rate.name: rate for rate in rates}
        self._tried = sqlite3.connect(
            shared or ":memory:", isolation_level=None, check_same_thread=False
        )
        finalize(self, self._tried.close)
        self._tried.executescript(_PREPARE)
        self._lock, self._turns = Lock(), count(1)

    def spend(self, name: str, key: str) -> float:
        """Seconds to wait; 0 where the try is allowed, and then it is counted."""
        if name not in self.rates:
            return 0
        at = time.monotonic()
        told = self._told(name, key) | {"at": at}
        with self._lock:
            if next(self._turns) % _TIDY_EACH == 0:
                self._tried.execute(_TIDY, {"most": _MOST_KEYS})
            if self._tried.execute(_SPEND, told).rowcount:
                return 0
            (full_at,) = self._tried.execute(_WHEN, told).fetchone() or (at,)
        return float(full_at + told["each"] - told["seconds"] - at)

    def __len__(self) -> int:
        """How many keys are remembered."""
        return int(self._tried.execute("SELECT count(*) FROM tried").fetchone()[0])

    def give_back(self, name: str, key: str) -> None:
        """One try less."""
        if name in self.rates:
            with self._lock:
                self._tried.execute(_GIVE_BACK, self._told(name, key))

    def _told(self, name: str, key: str) -> dict[str, Any]:
        rate = self.rates[name]
        each = rate.seconds / rate.times
        return {"name": name, "key": key, "each": each, "seconds": rate.seconds}
