"""What is missing and what may be one: both pages in every size and light, and a planner's way
through them.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, WIDE, Site, open_page

PAGES = ("/opportunities?country=TJ", "/opportunities?kind=projects", "/duplicates")


def enter_rogun(page: Page, site: Site) -> None:
    """Type a project that is in the registry under another spelling, and try to store it."""
    page.goto(f"{site.address}/projects/new")
    page.get_by_label("Name", exact=False).first.fill("Рогун ГЭС")
    page.locator("[name=sector]").select_option("hydro")
    page.locator("[name=status]").select_option("construction")
    page.locator("#geometry").fill("69.77, 38.68")
    page.locator("[name=location_precision]").select_option("exact")
    page.get_by_role("button", name="Save project").click()
    expect(page.locator("#alike")).to_be_focused()


def problems_of(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds, and whether the page is wider than its window."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    told = [(one["id"], [str(node["target"]) for node in one["nodes"]][:3]) for one in found]
    return [*told, *([("too wide", [page.url])] if wide else [])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_planning_is_accessible_and_fits_its_window(
    site: Site, browser: Browser, size: dict[str, int], scheme: str
) -> None:
    for page in open_page(browser, viewport=size, color_scheme=scheme):
        page.goto(site.link())
        page.locator("main button").click()
        for path in PAGES:
            page.goto(site.address + path)
            for closed in page.locator(".pair-more summary").all()[:2]:
                closed.click()
            assert problems_of(page) == [], path
        enter_rogun(page, site)
        assert problems_of(page) == []


def test_a_second_entry_is_seen_beside_the_first_and_stored_only_on_purpose(
    site: Site, page: Page
) -> None:
    page.goto(site.link())
    page.locator("main button").click()
    enter_rogun(page, site)
    expect(page.locator(".alike")).to_contain_text("Rogun hydropower plant")
    page.get_by_label("Name", exact=False).first.press("Enter")
    expect(page.locator(".alike")).to_be_visible()
    page.get_by_role("button", name="Save anyway").click()
    expect(page.locator("h1")).to_have_text("Рогун ГЭС")


def test_an_opportunity_opens_its_record_from_the_map(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/opportunities?kind=projects&country=KZ")
    page.locator(".leaflet-marker-icon.disc").first.click()
    expect(page.locator("h1")).not_to_have_text("Opportunities")
    assert "/projects/P-" in page.url
