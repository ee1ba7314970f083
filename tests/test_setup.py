"""What a fresh machine gets: the locks, the browser files, and the sentences of `dev.py`."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import folium
import pytest
from folium.plugins import Fullscreen, GeoMan, MarkerCluster

from registry.vocabulary import SECTORS
from web import assets

ROOT = Path(__file__).parent.parent
LOCKS = sorted(ROOT.glob("requirements*.txt"))
NPM_LOCK = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
PIN = re.compile(r"^([a-z0-9.\-]+)(?:\[[a-z,]+\])?==([^ ;]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall((ROOT / lock).read_text("utf-8")):
        found.setdefault(name, set()).add(version)
    return found


def named(requirements: str) -> set[str]:
    lines = (ROOT / requirements).read_text("utf-8").splitlines()
    return {m[0] for line in lines if (m := re.match(r"[a-z][a-z0-9.\-]+", line))}


# The locks


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE), "an option of pip"
    assert " @ " not in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_by_its_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z])", lock.read_text("utf-8"))
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_what_is_asked_for(lock: Path) -> None:
    assert named(lock.with_suffix(".in").name) <= set(pins(lock.name))


def test_tools_are_locked_beside_the_same_packages() -> None:
    runtime, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name for name in tools if name in runtime and tools[name] != runtime[name]} == set()


def test_the_project_asks_for_what_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.split(r"[\[<>=]", name)[0] for name in project["dependencies"]}
    assert asked == named("requirements.in") - {"setuptools"}, "setuptools only builds"


def addresses(value: Any, under: str = "") -> Iterator[str]:
    """Every text of a document that holds an address, but where to give money to a package."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from addresses(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner, under)
    elif isinstance(value, str) and "://" in value:
        yield value


def test_the_npm_lock_names_no_address() -> None:
    packages = [
        {key: value for key, value in package.items() if key != "funding"}
        for package in NPM_LOCK["packages"].values()
    ]
    assert "resolved" not in {key for package in packages for key in package}
    assert list(addresses(packages)) == []


def test_the_npm_lock_pins_every_package_by_its_hash() -> None:
    packages = {name: row for name, row in NPM_LOCK["packages"].items() if name}
    assert packages
    assert [
        name for name, row in packages.items() if not row["integrity"].startswith("sha512-")
    ] == []


def test_the_versions_of_the_browser_files_are_told_once() -> None:
    asked = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    locked = {name: NPM_LOCK["packages"][f"node_modules/{name}"]["version"] for name in asked}
    assert asked == locked == dict(assets.VERSIONS)
    assert {asset.package for asset in assets.ASSETS} <= set(asked)


# The browser files


def test_every_browser_file_is_there_with_its_hash() -> None:
    files = {
        path.relative_to(assets.VENDOR).as_posix()
        for path in assets.VENDOR.rglob("*")
        if path.is_file()
    }
    manifest = assets.manifest()
    assert files == {*manifest, assets.MANIFEST}
    for path, integrity in manifest.items():
        assert assets.sha384((assets.VENDOR / path).read_bytes()) == integrity, path


@pytest.mark.parametrize("asset", assets.ASSETS, ids=lambda asset: asset.path)
def test_a_row_of_the_table_is_served(asset: assets.Asset) -> None:
    assert asset.path in assets.manifest()
    assert (
        assets.asset_url(asset.path)
        == f"/static/vendor/{asset.path}?v={assets.VERSIONS[asset.package]}"
    )


@pytest.mark.parametrize(
    "links",
    [
        [
            link
            for link in folium.Map.default_js + folium.Map.default_css
            if link[0].startswith("leaflet")
        ],
        MarkerCluster.default_js + MarkerCluster.default_css,
        GeoMan.default_js + GeoMan.default_css,
        Fullscreen.default_js + Fullscreen.default_css,
    ],
    ids=["map", "cluster", "geoman", "fullscreen"],
)
def test_foliums_cdn_files_have_one_of_ours(links: list[tuple[str, str]]) -> None:
    assert links
    for _, url in links:
        assert assets.LOCAL_URLS[url].startswith("/static/vendor/"), url


def test_the_sprite_holds_every_icon_in_the_colour_of_its_text() -> None:
    svg = "{http://www.w3.org/2000/svg}"
    symbols = ET.parse(assets.VENDOR / assets.SPRITE).getroot().findall(svg + "symbol")
    assert [symbol.get("id") for symbol in symbols] == list(assets.ICONS)
    assert len(set(assets.ICONS)) == len(assets.ICONS)
    for symbol in symbols:
        assert symbol.get("stroke") == "currentColor"
        assert len(symbol) > 0, symbol.get("id")


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sources = [
        *(ROOT / "web" / "templates").rglob("*.html"),
        *(ROOT / "web" / "static" / "js").rglob("*.js"),
    ]
    named_in_pages = {
        name
        for path in sources
        for name in re.findall(r"\bicon\(\s*[\"']([a-z0-9-]+)[\"']", path.read_text("utf-8"))
    }
    assert named_in_pages - set(assets.ICONS) == set()
    assert {sector.glyph for sector in SECTORS} - set(assets.ICONS) == set()


def test_a_missing_npm_file_leaves_the_former_files_in_use(tmp_path: Path) -> None:
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    (vendor / "kept").touch()
    with pytest.raises(assets.AssetError, match=r"leaflet holds no dist/leaflet\.js; run: npm ci"):
        assets.copy_assets(tmp_path / "node_modules", vendor)
    assert (vendor / "kept").exists()


def test_a_style_that_names_an_unlisted_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new.css").write_text("a { background: url(images/new.png) }", "utf-8")
    with pytest.raises(assets.AssetError, match=r"new\.css names images/new\.png"):
        assets._check_styles(tmp_path)


def test_browser_files_that_were_never_made_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(assets.AssetError, match=r"dev\.py setup"):
        assets.manifest.__wrapped__()


# What is committed


def committed() -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_of_a_third_party_is_committed() -> None:
    theirs = {*assets.manifest().values()} - {assets.manifest()[assets.SPRITE]}
    taken = [
        name
        for name in committed()
        if re.search(
            r"(?:^|/)(?:node_modules|vendor|\.venv)/|\.min\.(?:js|css)$|\.whl$|\.tgz$", name
        )
        or assets.sha384((ROOT / name).read_bytes()) in theirs
    ]
    assert taken == []


def test_no_committed_file_names_a_registry_or_a_place_of_one_machine() -> None:
    hosts = "pypi|npmjs|pythonhosted|yarnpkg"
    bad = re.compile(
        rf"://[\w.\-]*(?:{hosts})\.|file:///|(?<![\w.])/(?:home|root|work|Users)/\w".encode()
    )
    this = Path(__file__).relative_to(ROOT).as_posix()
    assert [
        name for name in committed() if name != this and bad.search((ROOT / name).read_bytes())
    ] == []


# dev.py


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dev_py_can_be_read_by_an_old_python() -> None:
    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_what_to_install() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('dev.py')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Qadam needs Python 3.11 or newer and this is 3.9. Install")


def test_dev_py_needs_nothing_installed() -> None:
    imports = {
        name
        for node in ast.walk(ast.parse((ROOT / "dev.py").read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert {name.split(".")[0] for name in imports} <= sys.stdlib_module_names


def test_a_python_without_ensurepip_is_told_what_to_install(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        dev.SetupError, match=r"ensurepip is missing.*sudo apt install python3-venv"
    ):
        dev.make_venv()


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (
            "NewConnectionError(...): No matching distribution found for alembic",
            "needs the internet",
        ),
        ("npm error code ENOTFOUND", "needs the internet"),
        ("SSLError(... CERTIFICATE_VERIFY_FAILED ...) Max retries exceeded", "PIP_CERT"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "not the one that was locked"),
        ("npm error code EINTEGRITY", "not the one that was locked"),
        (
            "ERROR: No matching distribution found for shapely==2.2.0",
            "no ready-made shapely for this",
        ),
        ("npm error code EACCES", "may not be written"),
        ("first\nERROR: something new\nlast", "ERROR: something new (the whole log: "),
        ("", "it gave no reason"),
    ],
)
def test_a_failed_step_is_told_in_one_sentence(
    dev: ModuleType, tmp_path: Path, log: str, sentence: str
) -> None:
    kept = tmp_path / "log"
    kept.write_text(log, "utf-8")
    told = dev.explain("Installing Python packages", kept)
    assert told.startswith("Installing Python packages failed: ")
    assert sentence in told
    assert "\n" not in told


def test_an_unknown_command_shows_the_commands(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(["strat"]) == 2
    assert "python3 dev.py run" in capsys.readouterr().err


def project(folder: Path) -> Path:
    """A copy of what the set-up needs."""
    for name in committed():
        if "/" not in name or name == "web/assets.py":
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def test_a_step_is_due_again_when_its_file_changes(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "ROOT", project(tmp_path))
    monkeypatch.setattr(dev, "STAMPS", tmp_path / "set-up.json")
    monkeypatch.setattr(
        dev, "STEPS", {name: (files, tmp_path) for name, (files, _) in dev.STEPS.items()}
    )
    assert dev.due(dev.TO_WORK) == list(dev.TO_WORK)
    for step in dev.TO_WORK:
        dev.stamp(step)
    assert dev.due(dev.TO_WORK) == []
    with (tmp_path / "requirements-dev.txt").open("a") as lock:
        lock.write("# newer\n")
    assert dev.due(dev.TO_RUN) == []
    assert dev.due(dev.TO_WORK) == ["tools"]


def test_a_broken_stamp_is_no_stamp(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "STAMPS", tmp_path / "set-up.json")
    dev.STAMPS.write_text("{", "utf-8")
    assert dev.stamps() == {}


@pytest.mark.slow
def test_without_a_network_the_first_set_up_says_so(tmp_path: Path) -> None:
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9",
        "PIP_RETRIES": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    nowhere |= {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_retries": "0"}
    cache = {"npm_config_cache": str(tmp_path / "npm"), "PIP_CACHE_DIR": str(tmp_path / "pip")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    folder = tmp_path / "clone"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "dev.py", "run"],
        cwd=project(folder),
        env=kept | nowhere | cache,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no package index can be reached; the first set-up needs the internet" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
