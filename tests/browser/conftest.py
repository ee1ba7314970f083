"""A real Chromium against a real server: any console error, policy report or outside request
fails.
"""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize
from werkzeug.serving import make_server

from registry import accounts
from registry.database.engine import writing
from registry.database.store import Store
from web.app import create_app
from web.config import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    # Every name but this machine's is unknown: what needs the internet fails here.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser.

    A browser that leaves a page drops its requests; the test server then lets go of a file late.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; never a downloaded one."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": list(FLAGS)}


@dataclass(frozen=True)
class Site:
    """A served registry: its address, and its store to look behind the pages."""

    address: str
    store: Store

    def link(self) -> str:
        """A one-time sign-in link, as `serve` prints it."""
        with writing(self.store.accounts) as session, session.begin():
            return f"{self.address}/sign-in/{accounts.make_link(session)}"


def serve(store: Store) -> Iterator[Site]:
    """The store on a port of its own, until the test ends."""
    server = make_server("127.0.0.1", 0, create_app(Settings(), store), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", store)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def site(seeded: Store) -> Iterator[Site]:
    """The shipped facts, served."""
    yield from serve(seeded)


@pytest.fixture
def empty_site(embedded: Store) -> Iterator[Site]:
    """An empty registry, served."""
    yield from serve(embedded)


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and the list of what went wrong on it."""
    bad: list[str] = []
    page = context.new_page()

    def console(message: ConsoleMessage) -> None:
        # Chromium notes a page that answers 404, 409 or 422 as an error, though it is shown.
        is_page_itself = message.location.get("url") == page.url and "status of 4" in message.text
        if message.type in ("error", "warning") and not is_page_itself:
            bad.append(f"console: {message.text}")

    def request(asked: Request) -> None:
        if not asked.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            bad.append(f"left the machine: {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: bad.append(f"script: {error}"))
    page.on("request", request)
    return page, bad


def open_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A watched page in a context of its own; what went wrong fails the test at its end."""
    settings = {
        "viewport": WIDE,
        "locale": "en-GB",
        "timezone_id": "Asia/Tashkent",
        "reduced_motion": "reduce",
    }
    context = browser.new_context(**(settings | options))
    page, bad = watched(context)
    page.set_default_timeout(15_000)
    # Folium names the map like its element; tests ask it where a place is on the screen.
    page.add_init_script(
        "window.theMap = () => window[document.querySelector('.leaflet-container')?.id]"
    )
    yield page
    context.close()
    assert not bad, bad


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A wide window."""
    yield from open_page(browser)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone."""
    yield from open_page(browser, viewport=PHONE, is_mobile=True, has_touch=True)
