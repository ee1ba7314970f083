"""Settings of the server, each with a safe default."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

# The last as it stands in addresses.
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `times` in any `seconds`; `what` begins a sentence that ends in the wait."""

    name: str
    times: int
    seconds: float
    what: str


RATES = (
    Rate("sign_in_from", 30, 300, "Too many tries to sign in came from here; try again in"),
    Rate("sign_in_as", 10, 300, "Too many tries were made with this name; try again in"),
    Rate("refused_token", 60, 60, "Too many requests without a good token; try again in"),
    Rate("write", 3000, 60, "This token writes too often; try again in"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, where to listen, and the limits of what a request may bring.

    `data` is the folder of the embedded store; `database_url` a PostgreSQL address instead of it.
    A request that writes waits `longest_wait_ms` for another writer, and holds up a thread
    meanwhile; at most `most_waiting` do so, the next is told soon that the
    database is busy. `rates` are counted in memory; in the file `shared_counts` where several
    processes serve.
    """

    data: Path | None = Path("var")
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    largest_body_bytes: int = 16 * 2**20
    longest_form_bytes: int = 4 * 2**20
    longest_record_bytes: int = 4 * 2**20
    longest_wait_ms: int = 5_000
    most_waiting: int = 4
    rates: tuple[Rate, ...] = RATES
    shared_counts: Path | None = None
    largest_upload_bytes: int = 64 * 2**20
    most_upload_rows: int = 10_000

    @property
    def uploads(self) -> Path:
        """Where files wait for the word to store them."""
        if self.data is not None:
            return self.data / "uploads"
        owner = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
        return Path(tempfile.gettempdir()) / f"qadam-uploads{owner}"

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK
