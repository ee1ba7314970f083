"""Looking around: sheet, keyboard, list and map in step, search, light and dark."""

import re

from playwright.sync_api import Browser, Dialog, Page, expect

from registry.collections import PROJECTS
from registry.database.store import Store
from registry.filters import Filter
from registry.queries import count
from tests.browser.conftest import WIDE, Site
from tests.factories import TASHKENT, make_project

DARK_PAGE = "rgb(21, 25, 29)"


def matched(store: Store, **asked: list[str]) -> int:
    """How many projects the public sees under a filter."""
    with store.reading() as session:
        return count(session, PROJECTS, Filter.parse(asked, PROJECTS), public_only=True)


def settled(page: Page, address: str) -> None:
    """Open a page and wait until its map is drawn."""
    page.goto(address)
    page.wait_for_selector(".leaflet-container.is-ready .pane-discs > *", state="attached")
    page.wait_for_load_state("networkidle")


def test_a_card_opens_beside_the_map_and_escape_returns_to_the_list(site: Site, page: Page) -> None:
    settled(page, site.address)
    card = page.locator(".card").nth(2)
    name = card.locator(".card-name").inner_text()
    ref = card.get_attribute("data-ref")
    card.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet h2")).to_have_text(name)
    expect(page).to_have_url(re.compile(f"#{ref}$"))
    expect(card).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(card).to_be_focused()
    assert "#" not in page.url


def test_an_address_with_a_ref_opens_its_card(site: Site, page: Page) -> None:
    settled(page, f"{site.address}/#P-000001")
    expect(page.locator("#sheet h2")).to_have_text("Zarafshan wind farm")
    page.locator("#sheet .brief-near a").first.click()
    expect(page).to_have_url(re.compile("#D-"))
    expect(page.locator("#sheet").get_by_role("link", name="Open the deposit")).to_be_visible()


def test_the_list_lights_the_map_and_the_map_the_list(site: Site, page: Page) -> None:
    settled(page, f"{site.address}/?q=zarafshan")
    page.locator(".card[data-ref='P-000001']").hover()
    expect(page.locator(".leaflet-marker-icon.is-lit")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(page.locator(".leaflet-marker-icon.is-lit")).to_have_count(0)
    page.locator(".leaflet-marker-icon.disc").first.hover()
    expect(page.locator(".card.is-lit")).to_have_count(1)


def test_a_refused_number_is_said_beside_the_filters_and_mended(
    site: Site, browser: Browser
) -> None:
    # A context of its own: Chromium notes a refused question (400) as an error on the console.
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    settled(page, site.address)
    before = page.locator("#live-sentence").inner_text()
    page.locator("details.more summary").click()
    page.locator("[name=min_capacity_mw]").fill("many")
    expect(page.get_by_role("alert")).to_contain_text("takes a number")
    assert page.locator("#live-sentence").inner_text() == before
    page.locator("[name=min_capacity_mw]").fill("400")
    number = matched(site.store, min_capacity_mw=["400"])
    expect(page.locator("#live-sentence strong")).to_have_text(str(number))
    expect(page.get_by_role("alert")).to_have_count(0)
    context.close()


def test_the_list_follows_the_view_when_asked(site: Site, page: Page) -> None:
    settled(page, site.address)
    page.wait_for_timeout(1300)
    page.get_by_label("Only in this view").check()
    expect(page).to_have_url(re.compile("bbox="))
    page.evaluate("() => { theMap().fitBounds([[38, 60], [43, 70]], {animate: false}); }")
    page.wait_for_timeout(600)
    box = re.search(r"bbox=([-\d.,]+)", page.url)
    assert box
    number = matched(site.store, bbox=[box[1]])
    expect(page.locator("#live-sentence strong")).to_have_text(str(number))
    page.get_by_label("Only in this view").uncheck()
    expect(page.locator("#live-sentence strong")).to_have_text(str(matched(site.store)))


def test_search_goes_by_arrow_keys_to_a_town(site: Site, page: Page) -> None:
    settled(page, site.address)
    page.keyboard.press("/")
    page.keyboard.type("самарканд")
    expect(page.locator(".suggestion", has_text="Samarkand").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => theMap().getZoom() >= 8 && theMap().getBounds().contains([39.65, 66.96])"
    )


def test_search_elsewhere_leads_to_the_page(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/projects")
    page.get_by_role("combobox").fill("muruntau")
    page.locator(".suggestion").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Muruntau")


def test_the_chosen_light_is_remembered_and_never_flashes(site: Site, page: Page) -> None:
    page.goto(site.address)
    toggle = page.get_by_role("button", name="Dark colours")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(page.locator("body")).to_have_css("background-color", DARK_PAGE)
    page.goto(f"{site.address}/projects", wait_until="commit")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", DARK_PAGE)
    toggle.click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_a_layer_is_switched_off_and_leaves_the_legend(site: Site, page: Page) -> None:
    settled(page, site.address)
    legend = page.locator(".legend")
    expect(legend.get_by_role("region", name="Deposits")).to_be_visible()
    page.locator(".layers summary").click()
    page.get_by_role("checkbox", name="Deposits").uncheck()
    expect(page.locator("path.deposit")).to_have_count(0)
    expect(legend.get_by_role("region", name="Deposits")).to_have_count(0)


def test_what_a_finger_presses_is_large_enough(site: Site, phone: Page) -> None:
    settled(phone, site.address)
    phone.locator(".panel-handle").tap()
    phone.wait_for_timeout(400)
    small = phone.evaluate(
        """() => [...document.querySelectorAll(
            '.bar a, .bar button, .bar summary, .filters summary,' +
            '.country, .sector, .segment, .card')]
          .filter((one) => one.offsetParent && !one.classList.contains('skip'))
          .map((one) => [one.className || one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 40)
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_typed_text_is_asked_about_before_it_is_lost(site: Site, page: Page) -> None:
    page.goto(site.link())
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{site.address}/projects/new")
    page.locator("#field-name").fill("Half a thought")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Leave without saving").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("#field-name")).to_have_value("Half a thought")


def test_the_table_is_filtered_and_sorted_in_place(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/projects")
    page.locator("label.country", has_text="Uzbekistan").click()
    expect(page).to_have_url(re.compile(r"/projects\?country=UZ$"))
    expect(page.locator("tbody tr")).to_have_count(matched(site.store, country=["UZ"]))
    page.locator("thead").get_by_role("link", name="Power").click()
    expect(page).to_have_url(re.compile("sortby=-capacity_mw"))
    page.locator('label.sector[title="Wind power"]').click()
    expect(page).to_have_url(re.compile("sector=wind.*sortby=-capacity_mw"))
    expect(page.locator("tbody tr")).to_have_count(
        matched(site.store, country=["UZ"], sector=["wind"])
    )
    page.go_back()
    expect(page.locator('label.sector[title="Wind power"] input')).not_to_be_checked()


def test_projects_that_share_a_place_can_each_be_opened(empty_site: Site, page: Page) -> None:
    with empty_site.store.writing() as session:
        for name in ("First", "Second", "Third"):
            make_project(session, TASHKENT, name=name)
    settled(page, empty_site.address)
    page.locator(".leaflet-marker-icon.cluster").click()
    marks = page.locator(".leaflet-marker-icon.disc")
    expect(marks).to_have_count(3)
    opened = set()
    for place in range(3):
        name = marks.nth(place).get_attribute("aria-label") or ""
        marks.nth(place).click()
        expect(page.locator("#sheet h2")).to_have_text(name.split(",")[0])
        opened.add(name.split(",")[0])
    assert opened == {"First", "Second", "Third"}


def test_the_legend_covers_no_part_of_the_chosen_country(site: Site, page: Page) -> None:
    settled(page, f"{site.address}/?country=TJ")
    west = page.evaluate("() => theMap().latLngToContainerPoint([38.5, 67.35]).x")
    legend = page.evaluate("() => document.querySelector('.legend').offsetWidth")
    assert west > legend


def test_a_line_of_a_project_has_the_colour_of_its_family_and_no_filling(
    site: Site, page: Page
) -> None:
    settled(page, site.address)
    page.locator("path.shape").first.wait_for(state="attached")
    lines = page.locator("path.shape:not(.shape-area):not(.shape-point)")
    assert set(lines.evaluate_all("all => all.map(line => getComputedStyle(line).fill)")) == {
        "none"
    }
    strokes = lines.evaluate_all("all => all.map(line => getComputedStyle(line).stroke)")
    assert len(set(strokes)) > 1, "oil and gas is not drawn like a railway"
