"""What the tests of the first facts share: the committed rows, read without a registry."""

import json
import re
from pathlib import Path
from typing import Any

from pyproj import Geod

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ("projects", "deposits", "corridors", "agreements")
Position = tuple[float, float]
Row = dict[str, Any]
_GEOD = Geod(ellps="WGS84")


def rows(name: str, folder: str = "seeds") -> list[Row]:
    """The features of one committed file."""
    text = (ROOT / folder / f"{name}.geojson").read_text(encoding="utf-8")
    features: list[Row] = json.loads(text)["features"]
    return features


PROJECTS, DEPOSITS, CORRIDORS, AGREEMENTS = (rows(name) for name in COLLECTIONS)
ALL = [*PROJECTS, *DEPOSITS, *CORRIDORS, *AGREEMENTS]
PLACED = [row for row in (*PROJECTS, *DEPOSITS) if row["geometry"]]


def metres(one: Position, other: Position) -> float:
    """How far two positions are apart on the ellipsoid."""
    return float(_GEOD.inv(one[0], one[1], other[0], other[1])[2])


def folded(name: str) -> str:
    """A name without brackets, dashes and signs."""
    plain = re.sub(r"\(.*?\)", "", name.casefold()).replace("-", " ")
    return " ".join(re.sub(r"[^\w ]", "", plain).split())
