"""A file is brought in by mouse, and by hand without scripts."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, open_page

PLANS = (
    "Проект;Технология;Стадия;Мощность (МВт);Заметка;lon;lat\n"
    "Парк ветра;wind;idea;100;первый;69,74;43,57\n"
    "Парк солнца;solar;idea;4OO;второй;66,29;39,63\n"
)


def plans(folder: Path, text: str = PLANS) -> Path:
    """A spreadsheet of a colleague."""
    path = folder / "Планы.csv"
    path.write_text(text, encoding="utf-8")
    return path


def bring(page: Page, site: Site, file: Path) -> None:
    """Choose a file and have it checked."""
    page.goto(f"{site.address}/import")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Check the file").click()


def sign_in(page: Page, site: Site) -> None:
    """Open the one-time link and press its button."""
    page.goto(site.link())
    page.get_by_role("button").filter(has_text="Sign in").last.click()
    page.wait_for_url(f"{site.address}/**")


def assert_stored(page: Page, site: Site, file: Path, folder: Path) -> None:
    """From a refused row over a column set right to a stored file."""
    bring(page, site, file)
    expect(page.get_by_role("alert")).to_contain_text("1 of 2 rows cannot be taken")
    expect(page.locator(".why-fault").first).to_contain_text("got “4OO”")
    bring(page, site, plans(folder, PLANS.replace("4OO", "400")))
    page.locator("summary", has_text="What the columns mean").click()
    page.get_by_label("Заметка").select_option("summary")
    page.get_by_role("button", name="Check again with these").click()
    page.get_by_label("Reason").fill("From the ministry")
    page.get_by_role("button", name="Store 2 new").click()
    expect(page.get_by_role("status")).to_contain_text("2 added, 0 changed")


def test_a_file_is_checked_set_right_and_stored(
    page: Page, empty_site: Site, tmp_path: Path
) -> None:
    sign_in(page, empty_site)
    page.goto(f"{empty_site.address}/import")
    page.set_input_files("#file", plans(tmp_path))
    expect(page.locator("[data-name]")).to_contain_text("Планы.csv · 1 kB")
    assert_stored(page, empty_site, plans(tmp_path), tmp_path)
    page.goto(f"{empty_site.address}/projects")
    expect(page.get_by_role("link", name="Парк солнца")).to_be_visible()


def test_it_works_without_scripts(browser: Browser, empty_site: Site, tmp_path: Path) -> None:
    for page in open_page(browser, java_script_enabled=False):
        sign_in(page, empty_site)
        assert_stored(page, empty_site, plans(tmp_path), tmp_path)


def test_the_pages_of_an_import_can_be_used_by_everybody(
    page: Page, phone: Page, site: Site, tmp_path: Path
) -> None:
    for window in (page, phone):
        sign_in(window, site)
        window.goto(f"{site.address}/import")
        assert Axe().run(window).response["violations"] == []
        bring(window, site, plans(tmp_path))
        assert Axe().run(window).response["violations"] == []
        wide = window.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0


DOUBLED = (
    "Перечень проектов;;;;;\n"
    "Проект;Отрасль;Стадия;Мощность, кВт;Долгота;Широта\n"
    "Нурекская ГЭС, реконструкция;ГЭС;строится;3000000;69,35;38,39\n"
    "Парк ветра в степи;ВЭС;идея;100000;66,29;47,63\n"
)


def test_a_possible_double_is_looked_at_side_by_side_and_left_out(
    site: Site, phone: Page, tmp_path: Path
) -> None:
    sign_in(phone, site)
    bring(phone, site, plans(tmp_path, DOUBLED))
    expect(phone.get_by_text("row 2 names the columns")).to_be_visible()
    expect(phone.locator(".unit-said")).to_have_text("÷ 1,000")
    assert Axe().run(phone).response["violations"] == []
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    phone.get_by_role("button", name="Store 2 new").click()
    expect(phone.get_by_role("alert")).to_contain_text("say of each possible double below")
    for answer in phone.get_by_label("The same: leave row 3 out").all():
        answer.check()
    phone.get_by_role("button", name="Store 2 new").click()
    expect(phone.get_by_role("status")).to_contain_text("1 added, 0 changed")


def test_tables_of_records_are_read_downwards_on_a_phone(site: Site, phone: Page) -> None:
    for path in ("/projects", "/api/collections/projects/queryables?f=html"):
        phone.goto(f"{site.address}{path}")
        table = phone.locator(".table-scroll").first
        assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
        assert Axe().run(phone).response["violations"] == []


def test_the_pages_of_the_api_can_be_used_by_everybody(site: Site, page: Page) -> None:
    for path in ("/items", "/items/P-000001", "/schema", "/items?filter=capacity_mw%20%3E%3E%203"):
        page.goto(f"{site.address}/api/collections/projects{path}")
        assert Axe().run(page).response["violations"] == []
