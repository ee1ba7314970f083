"""How often somebody may try: a table of limits, counted in this process."""

import math
import time
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from threading import Lock

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from web.config import Rate

_KEY = "qadam.rates"
# Whoever tries under more names than this pushes the oldest out of memory.
_MOST_KEYS = 20_000


def init_app(app: Flask, rates: tuple[Rate, ...]) -> None:
    """Count for this app; what is not in the table is not limited."""
    app.extensions[_KEY] = {rate.name: _Meter(rate) for rate in rates}


def spend(name: str, key: str) -> None:
    """Count one try; raises TooManyRequests, with when to come back, where there were too many."""
    meter = _meter(name)
    wait_s = meter.spend(key) if meter else 0
    if meter and wait_s:
        raise TooManyRequests(
            f"{meter.rate.what} {math.ceil(wait_s)} seconds.", retry_after=math.ceil(wait_s)
        )


def give_back(name: str, key: str) -> None:
    """A try that went well does not count."""
    meter = _meter(name)
    if meter:
        meter.give_back(key)


def address() -> str:
    """Who is at the other end: an address, of IPv6 the network that one household has."""
    said = request.remote_addr or ""
    try:
        found = ip_address(said)
    except ValueError:
        return said
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else said


def _meter(name: str) -> "_Meter | None":
    found: _Meter | None = current_app.extensions[_KEY].get(name)
    return found


@dataclass(slots=True)
class _Meter:
    """For each key when all its tries are there again: a leaky bucket in one number (GCRA)."""

    rate: Rate
    full_at: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def spend(self, key: str) -> float:
        """Seconds to wait; 0 where the try is allowed, and then it is counted."""
        each, at = self.rate.seconds / self.rate.times, time.monotonic()
        with self.lock:
            full_at = max(at, self.full_at.pop(key, at))
            wait_s = max(0.0, full_at + each - self.rate.seconds - at)
            self.full_at[key] = full_at if wait_s else full_at + each
            if len(self.full_at) > _MOST_KEYS:
                del self.full_at[next(iter(self.full_at))]
        return wait_s

    def give_back(self, key: str) -> None:
        """One try less."""
        with self.lock:
            if key in self.full_at:
                self.full_at[key] -= self.rate.seconds / self.rate.times
