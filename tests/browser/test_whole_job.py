"""A planner's whole job in a real browser, on real facts."""

import json
import re
from pathlib import Path

import geopandas
from playwright.sync_api import Page, expect

from registry import queries
from registry.collections import PROJECTS
from registry.filters import Filter
from registry.filters import Page as Answer
from tests.browser.conftest import Site

HOSTILE = "<img src=x onerror=alert(1)>${document.title=1}</script>"
# Around the gold of Muruntau in the Kyzylkum.
AREA = ((64.3, 41.3), (64.9, 41.3), (64.9, 41.7), (64.3, 41.7))


def shown(page: Page) -> str:
    """The sentence above the list."""
    return page.locator("#live-sentence").inner_text()


def zoom_to(page: Page, west: float, south: float, east: float, north: float) -> None:
    """Put a part of the world on the screen."""
    page.evaluate(
        "box => { const map = theMap(); map.fitBounds([[box[1], box[0]], [box[3], box[2]]], "
        "{animate: false}); }",
        [west, south, east, north],
    )


def click_at(page: Page, lon: float, lat: float) -> None:
    """Click a place of the world on the map."""
    x, y = page.evaluate(
        "([lon, lat]) => { const map = theMap(), at = map.latLngToContainerPoint([lat, lon]);"
        " const box = map.getContainer().getBoundingClientRect(); return [box.x + at.x, "
        "box.y + at.y]; }",
        [lon, lat],
    )
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    page.wait_for_timeout(350)  # two clicks at once would be a double click


def test_filter_sign_in_draw_mend_save_and_export(site: Site, page: Page, tmp_path: Path) -> None:
    page.goto(site.address)
    page.locator("label.country", has_text="Uzbekistan").click()
    page.locator('label.sector[title="Wind power"]').click()
    expect(page).to_have_url(re.compile(r"country=UZ.*sector=wind"))
    with site.store.reading() as session:
        asked = Filter.parse({"country": ["UZ"], "sector": ["wind"]}, PROJECTS)
        matched = queries.count(session, PROJECTS, asked, public_only=True)
    expect(page.locator("#live-sentence")).to_contain_text(f"{matched} of ")

    page.goto(site.link())
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".bar summary", has_text="local")).to_be_visible()

    page.get_by_role("link", name="Add project").click()
    draw_area(page)
    page.get_by_label("Name", exact=False).first.fill("Kyzylkum minerals park")
    page.locator("#field-sector").select_option("minerals")
    page.locator("#field-status").select_option("idea")
    page.locator("summary", has_text="Size, money and time").click()
    page.locator("#field-capacity_mw").fill("plenty")
    page.get_by_role("button", name="Save project").click()

    fault = page.locator("#capacity_mw-fault")
    expect(fault).to_contain_text("takes a number")
    expect(page.locator("#field-name")).to_have_value("Kyzylkum minerals park")
    assert json.loads(page.locator("#geometry").input_value())["type"] == "Polygon"
    page.locator("#field-capacity_mw").fill("120")
    page.get_by_role("button", name="Save project").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Kyzylkum minerals park")
    expect(page.get_by_text("Muruntau").first).to_be_visible()

    page.goto(f"{site.address}/?country=UZ&sector=minerals")
    page.locator("details.export summary").click()
    with page.expect_download() as download:
        page.locator("#live-export a", has_text=".geojson").first.click()
    download.value.save_as(tmp_path / "out.geojson")
    frame = geopandas.read_file(tmp_path / "out.geojson")
    assert "Kyzylkum minerals park" in set(frame["name"])
    listed = page.locator(".card[data-ref]").count()
    assert len(frame) == listed
    assert download.value.suggested_filename.startswith("qadam-projects_country-UZ_sector-minerals")


def draw_area(page: Page) -> None:
    """Draw the area with the mouse and see it arrive in the form."""
    page.wait_for_function("() => theMap()?.pm")
    zoom_to(page, 63.8, 41.0, 65.4, 42.0)
    page.locator(".leaflet-pm-icon-polygon").click()
    for lon, lat in (*AREA, AREA[0]):
        click_at(page, lon, lat)
    expect(page.locator("#geometry")).to_have_value(re.compile("Polygon"))


def test_every_mark_stands_where_its_project_is(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/?country=KZ")
    page.wait_for_function("() => document.querySelector('.leaflet-marker-icon.disc')")
    page.wait_for_timeout(800)
    wrong = page.evaluate(
        """() => {
          const map = theMap(), frame = map.getContainer().getBoundingClientRect(), wrong = [];
          map.eachLayer((layer) => {
            const icon = layer._icon;
            if (!icon || !layer.getLatLng || !icon.classList.contains("disc")) return;
            const box = icon.getBoundingClientRect();
            const at = map.latLngToContainerPoint(layer.getLatLng());
            const x = box.x + box.width / 2 - frame.x, y = box.y + box.height / 2 - frame.y;
            const off = Math.hypot(x - at.x, y - at.y);
            if (off > 2) wrong.push([icon.className, off]);
          });
          return wrong;
        }"""
    )
    assert wrong == []


def test_a_hostile_name_is_shown_as_text(empty_site: Site, page: Page) -> None:
    page.goto(empty_site.link())
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{empty_site.address}/projects/new")
    page.locator("#field-name").fill(HOSTILE)
    page.locator("#field-sector").select_option("solar")
    page.locator("#field-status").select_option("idea")
    page.locator("#geometry").fill("69.24, 41.30")
    page.get_by_role("button", name="Save project").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    title = page.title()
    page.goto(empty_site.address)
    expect(page.locator(".card-name")).to_have_text(HOSTILE)
    page.locator(".leaflet-marker-icon.disc").first.click()
    expect(page.locator(".sheet, [role=dialog], aside").get_by_text(HOSTILE).first).to_be_visible()
    for path in (
        "/projects",
        "/projects/P-000001/history",
        "/projects/P-000001/edit",
        "/search?q=onerror",
    ):
        page.goto(empty_site.address + path)
        assert page.locator("img").count() == 0
        assert page.title() != "1"
    assert title != "1"


def test_the_map_works_without_javascript(site: Site, browser: object) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]  # Playwright's own fixture
    page = context.new_page()
    page.goto(site.address)
    page.locator("label.country", has_text="Kyrgyzstan").click()
    page.get_by_role("button", name="Apply").click()
    assert "country=KG" in page.url
    with site.store.reading() as session:
        asked = Filter.parse({"country": ["KG"]}, PROJECTS)
        assert shown(page).startswith(
            f"{queries.count(session, PROJECTS, asked, public_only=True)} of"
        )
    context.close()


def test_choosing_a_country_zooms_to_it(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.wait_for_function("() => theMap()")
    page.locator("label.country", has_text="Tajikistan").click()
    page.wait_for_function(
        "() => { const b = theMap().getBounds(); return b.getWest() > 55 && b.getEast() < 85 "
        "&& b.contains([38.56, 68.77]); }"
    )


def test_back_and_forward_follow_the_filters(site: Site, page: Page) -> None:
    page.goto(site.address)
    page.locator('label.sector[title="Hydropower"]').click()
    expect(page).to_have_url(re.compile("sector=hydro"))
    page.go_back()
    expect(page.locator('label.sector[title="Hydropower"] input')).not_to_be_checked()


def test_a_phone_has_map_list_and_filters(site: Site, phone: Page) -> None:
    phone.goto(site.address)
    expect(phone.locator(".leaflet-container")).to_be_visible()
    phone.locator(".panel-handle").tap()
    expect(phone.locator(".card[data-ref]").first).to_be_attached()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_place_can_be_drawn_on_top_of_what_is_there(site: Site, page: Page) -> None:
    page.goto(site.link())
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{site.address}/projects/new")
    page.wait_for_function(
        "() => theMap()?.pm && document.querySelector('.leaflet-marker-icon.disc')"
    )
    page.wait_for_timeout(800)
    page.locator(".leaflet-pm-icon-marker").click()
    box = page.locator(".leaflet-marker-icon.disc").last.bounding_box()
    assert box
    page.mouse.move(box["x"] + 13, box["y"] + 13)
    page.mouse.click(box["x"] + 13, box["y"] + 13)
    expect(page.locator("#geometry")).to_have_value(re.compile("Point"))


def test_saving_an_untouched_edit_form_changes_no_property(site: Site, page: Page) -> None:
    page.goto(site.link())
    page.get_by_role("button", name="Sign in").click()
    with site.store.reading() as session:
        every = queries.features(session, PROJECTS, Filter("projects"), Answer(), public_only=True)
    fullest = sorted(every, key=lambda row: -sum(map(bool, row.properties.values())))[:3]
    for project in fullest:
        page.goto(f"{site.address}/projects/{project.ref}/edit")
        page.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile(rf"/projects/{project.ref}\?"))
        with site.store.reading() as session:
            after = queries.get(session, PROJECTS, project.ref, public_only=True)
        changed = {k for k, v in after.properties.items() if v != project.properties[k]}
        assert changed == {"version", "updated_at"}
        assert after.geometry == project.geometry
