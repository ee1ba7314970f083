"""How far away a resource still matters to a project: one row for each sector."""

from dataclasses import dataclass

from registry.kinds import Number
from registry.vocabulary import SECTORS

# Pairs up to here are stored; what lies past it is asked of the engine.
STORED_KM = 50.0
MOST_KM = 300.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a resource may lie from a project of a sector, and why so far."""

    sector: str
    km: float
    reason: str


_ROWS = (
    Reach("nuclear", MOST_KM, "uranium is light and goes far by road or rail"),
    Reach("industry", 200, "ore and stone go to the works by rail"),
    Reach("thermal", 150, "gas comes by pipeline, coal by rail"),
    Reach("hydrogen", 150, "gas comes by pipeline"),
    Reach("oil_gas", 150, "fields feed a plant or trunk line by gathering pipelines"),
    Reach("efficiency", 150, "the gas or coal that is saved comes by pipeline or rail"),
    Reach("ccus", 100, "longer pipelines for carbon dioxide are rarely worth their cost"),
    Reach("corridor", 100, "freight reaches a trunk route by feeder roads and sidings"),
)
_BESIDE = "only what lies beside the site matters"
REACH = {sector.slug: Reach(sector.slug, STORED_KM, _BESIDE) for sector in SECTORS} | {
    row.sector: row for row in _ROWS
}


def reach_km(sector: str) -> float:
    """Kilometres within which a resource still matters to a sector, at most 300."""
    return REACH[sector].km


def read_km(text: str) -> float | None:
    """A radius that somebody asks for instead; None where nothing is said.

    Raises ValueError with the rest of a sentence for anything but 1 to 300 km.
    """
    number = Number(1, MOST_KM).read(text)
    return None if number is None else float(number)
