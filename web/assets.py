"""The browser files that come from npm packages: which, where they are served, what they replace.

Run as a program it copies them from `node_modules` into `static/vendor`. Standard library only: the
set-up runs it before anything else is installed.
"""

import base64
import functools
import hashlib
import json
import re
import shutil
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent.parent
VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = "manifest.json"
SPRITE = "icons.svg"
VENDOR_URL = "/static/vendor/"

_CSS_URL = re.compile(r"""url\(\s*['"]?(?!data:|#|%23)([^'")]+)""")
_SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class AssetError(Exception):
    """A browser file that the set-up cannot provide."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of an npm package, its path below `static/vendor`, and folium's address for it."""

    package: str
    source: str
    path: str
    replaces: str | None = None


# Pinned here as in package.json (a test holds them equal): the version is part of each address, so
# that a browser never keeps the file of an older release.
VERSIONS = {
    "@geoman-io/leaflet-geoman-free": "2.20.2",
    "leaflet": "1.9.4",
    "leaflet.fullscreen": "4.0.0",
    "leaflet.markercluster": "1.5.3",
    "lucide-static": "1.62.0",
}

_CDN = "https://cdn.jsdelivr.net/npm/"
_CDNJS = "https://cdnjs.cloudflare.com/ajax/libs/"
_UNPKG = "https://unpkg.com/"
_GEOMAN = "@geoman-io/leaflet-geoman-free"
_CLUSTER = _CDNJS + "leaflet.markercluster/1.1.0/"

ASSETS = (
    Asset(
        "leaflet", "dist/leaflet.js", "leaflet/leaflet.js", _CDN + "leaflet@1.9.3/dist/leaflet.js"
    ),
    Asset(
        "leaflet",
        "dist/leaflet.css",
        "leaflet/leaflet.css",
        _CDN + "leaflet@1.9.3/dist/leaflet.css",
    ),
    Asset("leaflet", "dist/images/layers.png", "leaflet/images/layers.png"),
    Asset("leaflet", "dist/images/layers-2x.png", "leaflet/images/layers-2x.png"),
    Asset("leaflet", "dist/images/marker-icon.png", "leaflet/images/marker-icon.png"),
    Asset("leaflet", "dist/images/marker-icon-2x.png", "leaflet/images/marker-icon-2x.png"),
    Asset("leaflet", "dist/images/marker-shadow.png", "leaflet/images/marker-shadow.png"),
    Asset("leaflet", "LICENSE", "leaflet/LICENSE"),
    Asset(
        "leaflet.markercluster",
        "dist/leaflet.markercluster.js",
        "markercluster/leaflet.markercluster.js",
        _CLUSTER + "leaflet.markercluster.js",
    ),
    Asset(
        "leaflet.markercluster",
        "dist/MarkerCluster.css",
        "markercluster/MarkerCluster.css",
        _CLUSTER + "MarkerCluster.css",
    ),
    Asset(
        "leaflet.markercluster",
        "dist/MarkerCluster.Default.css",
        "markercluster/MarkerCluster.Default.css",
        _CLUSTER + "MarkerCluster.Default.css",
    ),
    Asset("leaflet.markercluster", "MIT-LICENCE.txt", "markercluster/LICENSE"),
    # The minified build: folium names the full one, twice as large.
    Asset(
        _GEOMAN,
        "dist/leaflet-geoman.min.js",
        "geoman/leaflet-geoman.min.js",
        _UNPKG + "@geoman-io/leaflet-geoman-free@latest/dist/leaflet-geoman.js",
    ),
    Asset(
        _GEOMAN,
        "dist/leaflet-geoman.css",
        "geoman/leaflet-geoman.css",
        _UNPKG + "@geoman-io/leaflet-geoman-free@latest/dist/leaflet-geoman.css",
    ),
    Asset(_GEOMAN, "LICENSE", "geoman/LICENSE"),
    Asset(
        "leaflet.fullscreen",
        "Control.FullScreen.js",
        "fullscreen/Control.FullScreen.js",
        _CDN + "leaflet.fullscreen@3.0.0/Control.FullScreen.min.js",
    ),
    Asset(
        "leaflet.fullscreen",
        "Control.FullScreen.css",
        "fullscreen/Control.FullScreen.css",
        _CDN + "leaflet.fullscreen@3.0.0/Control.FullScreen.css",
    ),
    Asset("leaflet.fullscreen", "icon-fullscreen.svg", "fullscreen/icon-fullscreen.svg"),
    Asset("leaflet.fullscreen", "LICENSE.md", "fullscreen/LICENSE"),
    Asset("lucide-static", "LICENSE", "icons.LICENSE"),
)

# Lucide's own names; each becomes <symbol id="name"> of the sprite.
ICONS = tuple(
    """
    sun wind droplets leaf atom flame container flask-conical fuel mountain cable gauge factory
    train-front recycle gem graduation-cap scale
    heater zap thermometer beaker network pickaxe train-track route ship users file-check landmark
    plug dam waves trees handshake hand-coins building-2 globe square spline hexagon ruler
    search plus minus download upload copy layers maximize x check chevron-down chevron-up
    chevron-left chevron-right arrow-left arrow-right arrow-up arrow-down arrow-up-down list filter
    sliders-horizontal map table layout-dashboard chart-column moon sun-moon pencil trash save
    undo-2 history clock calendar link share-2 info circle-help circle-alert circle-check
    triangle-alert log-in log-out user key lock map-pin map-pin-off map-pinned external-link menu
    ellipsis locate locate-fixed eye eye-off panel-left file-text printer refresh-cw languages
    git-branch star
    house """.split()  # noqa: SIM905 - as a list, one name a line, it would be pages long
)


def asset_url(path: str) -> str:
    """The address of a vendored file; changes when its package or the icon table does."""
    version = VERSIONS["lucide-static"] if path == SPRITE else VERSIONS[_package_of(path)]
    if path == SPRITE:
        version += f"-{zlib.crc32(' '.join(ICONS).encode()):08x}"
    return f"{VENDOR_URL}{path}?v={version}"


def _package_of(path: str) -> str:
    return next(asset.package for asset in ASSETS if asset.path == path)


# Folium's CDN address -> ours, for every file of folium's that we ship. No key: we do not ship it.
LOCAL_URLS: Mapping[str, str] = {
    asset.replaces: asset_url(asset.path) for asset in ASSETS if asset.replaces is not None
}
ICONS_URL = asset_url(SPRITE)


@functools.cache
def manifest() -> Mapping[str, str]:
    """Path below `static/vendor` -> "sha384-…", as in an integrity attribute.

    Raises AssetError where the set-up has not run.
    """
    try:
        read: dict[str, str] = json.loads((VENDOR / MANIFEST).read_text("utf-8"))
    except FileNotFoundError as error:
        raise AssetError("The browser files are missing; run: python3 dev.py setup") from error
    return read


def copy_assets(modules: Path, vendor: Path) -> int:
    """Copy every file of the table, build the sprite, write the manifest; gives their number.

    The folder is replaced as a whole, so that a failure leaves the former one in use.
    """
    fresh = vendor.with_name(vendor.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for asset in ASSETS:
        _write(fresh / asset.path, _read(modules, asset.package, asset.source))
    _write(fresh / SPRITE, sprite(modules).encode())
    _check_styles(fresh)
    hashes = {
        path.relative_to(fresh).as_posix(): sha384(path.read_bytes()) for path in _files(fresh)
    }
    _write(fresh / MANIFEST, json.dumps(hashes, indent=1, sort_keys=True).encode() + b"\n")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)
    return len(hashes)


def sprite(modules: Path) -> str:
    """One SVG with a symbol for each icon, drawn in the text's own colour."""
    symbols = "\n".join(
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-width="2" stroke-linecap="round"'
        f' stroke-linejoin="round">{_drawing(modules, name)}</symbol>'
        for name in ICONS
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def sha384(data: bytes) -> str:
    """A hash as the integrity attribute and the manifest write it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def _drawing(modules: Path, name: str) -> str:
    text = _read(modules, "lucide-static", f"icons/{name}.svg").decode()
    body = _SVG_BODY.search(text)
    if body is None:
        raise AssetError(f"The icon {name} of lucide-static is not a drawing.")
    return " ".join(body[1].split())


def _read(modules: Path, package: str, source: str) -> bytes:
    try:
        return modules.joinpath(package, source).read_bytes()
    except FileNotFoundError as error:
        raise AssetError(f"The npm package {package} holds no {source}; run: npm ci") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _check_styles(folder: Path) -> None:
    """Raise AssetError where a stylesheet names a file that is not in the table."""
    for sheet in folder.rglob("*.css"):
        for named in _CSS_URL.findall(sheet.read_text("utf-8")):
            if not (sheet.parent / PurePosixPath(named)).is_file():
                raise AssetError(
                    f"{sheet.name} names {named}, which is not in the table of web/assets.py."
                )


if __name__ == "__main__":
    try:
        copy_assets(ROOT / "node_modules", VENDOR)
    except AssetError as error:
        sys.exit(str(error))
