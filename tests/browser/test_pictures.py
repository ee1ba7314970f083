"""The pictures of the README, and that each page can be looked at in every size and light."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, WIDE, Site, open_page

PAGES = {
    "map": "/",
    "projects": "/projects",
    "project": "/projects/P-000001",
    "history": "/projects/P-000001/history",
    "deposit": "/deposits/D-000001",
    "filtered": "/?country=KG&sector=hydro",
    "nothing": "/?q=nothing-has-this-name",
    "sign-in": "/account",
    "missing": "/projects/P-999999",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_is_accessible_and_fits_its_window(
    site: Site, browser: Browser, size: dict[str, int], scheme: str, request: pytest.FixtureRequest
) -> None:
    folder = request.config.getoption("--pictures")
    for page in open_page(browser, viewport=size, color_scheme=scheme):
        for name, path in PAGES.items():
            page.goto(site.address + path)
            page.wait_for_load_state("networkidle")
            found = Axe().run(page).response["violations"]
            problems = [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found]
            assert problems == [], (name, problems)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            if folder and name == "map" and size is WIDE and scheme == "light":
                page.screenshot(path=Path(folder) / "map.png")
