"""What the documents say is what the program does."""

import re
from pathlib import Path

import click
import pytest

from geo.formats import FORMATS, Format
from registry.collections import COLLECTIONS, COUNTRIES, PUBLISHED, Collection
from registry.fields import FIELDS
from registry.vocabulary import PRECISIONS
from web.cli import qadam

ROOT = Path(__file__).parent.parent
CONTRACT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


FILTERED = [each for each in PUBLISHED if each is not COUNTRIES]


@pytest.mark.parametrize("collection", FILTERED, ids=lambda c: c.id)
def test_every_filter_stands_in_the_contract_for_its_collection(collection: Collection) -> None:
    titles = next(line for line in CONTRACT.splitlines() if line.startswith("| parameter |"))
    column = [cell.strip() for cell in titles.split("|")].index(collection.id)
    rows = {}
    for line in CONTRACT.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.split("|")]
            for name in re.findall(r"`(\w+)`", cells[1]):
                rows[name] = cells[column] == "✓"
    paging = {"sortby", "limit", "offset"}
    taken = {field.name for field in FIELDS[collection.id]} | paging
    assert {name for name, ticked in rows.items() if ticked} == taken


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_every_property_stands_in_the_contract_in_its_order(collection: Collection) -> None:
    section = CONTRACT.split(f"- **{collection.id}**")[1].split("\n- **")[0].split("\n\n")[0]
    said = re.findall(r"`([a-z_0-9]+)`(\\\*)?", section)
    mentioned = [(name, bool(star)) for name, star in said]
    expected = [(prop.name, prop.computed) for prop in collection.properties]
    seen = list(dict.fromkeys(mentioned))
    assert [pair for pair in seen if pair[0] in dict(expected)][: len(expected)] == expected


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f.name)
def test_every_format_stands_in_the_contract(form: Format) -> None:
    assert f"\n| `.{form.extension}` |" in CONTRACT


def test_every_command_stands_in_the_contract() -> None:
    assert isinstance(qadam, click.Group)
    for name in qadam.list_commands(click.Context(qadam)):
        assert f"qadam {name}" in CONTRACT


def test_every_precision_stands_in_the_contract() -> None:
    row = next(line for line in CONTRACT.splitlines() if line.startswith("| `precision` |"))
    assert row.split("|")[-2].strip() == ", ".join(precision.slug for precision in PRECISIONS)


def test_the_documents_point_at_files_that_are_there() -> None:
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_readme_names_the_two_commands() -> None:
    assert "python3 dev.py run" in README
    assert "python3 dev.py test" in README


@pytest.mark.parametrize("package", ["geo", "registry", "web"])
def test_every_module_stands_in_the_readme_of_its_package(package: str) -> None:
    said = (ROOT / package / "README.md").read_text(encoding="utf-8")
    inside = [path for path in (ROOT / package).iterdir() if path.name[0] not in "_."]
    modules = {path.stem for path in inside if path.suffix == ".py"}
    modules |= {f"{path.name}/" for path in inside if (path / "__init__.py").exists()}
    missing = {name for name in modules if not re.search(rf"\b{re.escape(name)}", said)}
    assert missing == set()
