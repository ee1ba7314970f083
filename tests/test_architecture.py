"""The shape of the code, held by the code itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("geo", "registry", "seeds", "web")
LONGEST_FILE = 350
LONGEST_FUNCTION = 40

# Longer than a file should be, each for a reason.
LONG_FILES = {
    "registry/vocabulary.py": "tables, one row after the other",
}
# A migration tells what was done once; it is not read again to be changed.
MIGRATIONS = "versions"

# These put text into a page as markup, or into a script (folium pastes it into a template literal).
FOLIUM_MARKUP = {"Popup", "Tooltip", "GeoJsonPopup", "GeoJsonTooltip", "IFrame"}
SCRIPT_MARKUP = re.compile(
    r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)|insertAdjacentHTML|document\.write"
    r"|\beval\(|new Function\b|setTimeout\(\s*['\"`]"
)
# A text written in the template itself may be called safe.
TEMPLATE_MARKUP = re.compile(r"[^\"'\s]\s*\|\s*safe\b|autoescape\s+false")
OUTSIDE = re.compile(
    r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""
    r"""|(?:import|fetch|url)\s*\(\s*["']?(?:https?:)?//"""
)


def modules() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.parent.name != MIGRATIONS
    )


def pages() -> list[Path]:
    own = [*(ROOT / "web" / "templates").rglob("*.html"), *(ROOT / "web" / "static").rglob("*.*")]
    return sorted(
        path
        for path in own
        if path.suffix in {".html", ".js", ".css", ".svg"}
        and not path.is_relative_to(ROOT / "web" / "static" / "vendor")
    )


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_file_does_one_thing(path: Path) -> None:
    length = len(path.read_text("utf-8").splitlines())
    if named(path) in LONG_FILES:
        assert length > LONGEST_FILE, "short again: strike it off LONG_FILES"
    else:
        assert length <= LONGEST_FILE


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_function_can_be_seen_whole(path: Path) -> None:
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(path)}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", modules(), ids=named)
def test_no_import_of_ours_hides_in_a_function(path: Path) -> None:
    if path.parent == ROOT / "web" / "cli":
        return  # a command loads only what it needs: maps and server take seconds
    hidden = [
        ast.unparse(node)
        for function in functions(path)
        for node in ast.walk(function)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES)
        or (
            isinstance(node, ast.Import)
            and {a.name.split(".")[0] for a in node.names} & {*PACKAGES}
        )
    ]
    assert hidden == []


@pytest.mark.parametrize("path", modules(), ids=named)
def test_nothing_prints(path: Path) -> None:
    printed = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printed == []


@pytest.mark.parametrize("path", modules(), ids=named)
def test_no_user_text_reaches_foliums_markup(path: Path) -> None:
    used = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    imported = {
        alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert (used | imported) & FOLIUM_MARKUP == set()


@pytest.mark.parametrize("path", pages(), ids=named)
def test_a_page_shows_text_as_text(path: Path) -> None:
    text = path.read_text("utf-8")
    pattern = TEMPLATE_MARKUP if path.suffix == ".html" else SCRIPT_MARKUP
    assert pattern.findall(text) == []
    assert not re.search(r"\b(?:folium|L)\.(?:Popup|Tooltip|IFrame)\b", text)


@pytest.mark.parametrize("path", pages(), ids=named)
def test_a_page_asks_nothing_from_outside(path: Path) -> None:
    if path.suffix != ".html":  # a link in a page is followed by a person, not by the page
        assert OUTSIDE.findall(path.read_text("utf-8")) == []
        return
    loads = r"<(?:script|link|img|iframe|source|video|audio|use)\b[^>]*=\s*[\"'](?:https?:)?//"
    assert re.findall(loads, path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(tree(path))
    assert docstring
    assert docstring.strip()[-1] in ".:)"
