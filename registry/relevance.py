"""Why a deposit matters to a project: one table of sector × commodity."""

from dataclasses import dataclass

from registry.vocabulary import COMMODITY, SECTOR


@dataclass(frozen=True, slots=True)
class Relevance:
    """What a commodity is to a sector, and the sentence that says so."""

    sector: str
    commodity: str
    relation: str
    reason: str

    @property
    def matters(self) -> bool:
        """Whether a planner of that sector should look at it."""
        return self.relation != "none"


# In the order of how much a relation weighs: what a plant runs on comes before what it leaves
# behind.
RELATIONS = ("feedstock", "fuel", "storage", "product", "abatement", "by_product", "land", "none")

_METALS = (
    "copper",
    "gold",
    "silver",
    "lead_zinc",
    "nickel_cobalt",
    "chromium",
    "iron",
    "manganese",
    "molybdenum",
    "tungsten",
    "tin",
    "rare_earths",
    "lithium",
    "platinum_group",
    "aluminium",
    "titanium",
    "antimony",
    "mercury",
    "phosphate",
    "potash_salt",
    "graphite",
    "silica",
)

_TABLE = (
    ("nuclear", "uranium", "fuel", "uranium is what the reactor or the fuel cycle runs on"),
    ("thermal", "gas", "fuel", "gas can fuel the plant"),
    ("thermal", "coal", "fuel", "coal can fuel the plant"),
    ("thermal", "oil", "fuel", "oil can fuel the plant"),
    ("geo_bio", "geothermal", "fuel", "the heat of the ground is the source itself"),
    ("geo_bio", "oil", "by_product", "oil wells bring up hot water that can be used"),
    ("hydrogen", "gas", "feedstock", "hydrogen, ammonia and urea can be made of gas"),
    ("hydrogen", "coal", "feedstock", "hydrogen and ammonia can be made of coal"),
    ("hydrogen", "phosphate", "feedstock", "phosphate goes into fertiliser"),
    (
        "hydrogen",
        "potash_salt",
        "storage",
        "salt can hold caverns for hydrogen, potash goes into fertiliser",
    ),
    (
        "ccus",
        "oil",
        "storage",
        "a depleted oil field can store carbon dioxide, or use it to lift more oil",
    ),
    ("ccus", "gas", "storage", "a depleted gas field can store carbon dioxide"),
    ("ccus", "coal", "storage", "unmined coal seams can hold carbon dioxide"),
    ("ccus", "potash_salt", "storage", "deep salt formations seal a store of carbon dioxide"),
    ("oil_gas", "oil", "product", "oil is what the project works on"),
    (
        "oil_gas",
        "gas",
        "product",
        "gas is what the project works on; its leaks and flares can be cut",
    ),
    ("coal", "coal", "product", "coal is what the project works on; its methane can be caught"),
    ("industry", "iron", "feedstock", "iron ore feeds steelworks"),
    ("industry", "limestone", "feedstock", "limestone feeds cement works"),
    ("industry", "aluminium", "feedstock", "bauxite and alumina feed smelters"),
    ("industry", "copper", "feedstock", "copper ore feeds smelters"),
    ("industry", "lead_zinc", "feedstock", "lead and zinc ores feed smelters"),
    ("industry", "chromium", "feedstock", "chromite feeds ferro-alloy works"),
    ("industry", "manganese", "feedstock", "manganese feeds ferro-alloy works"),
    ("industry", "silica", "feedstock", "silica feeds glass and silicon works"),
    ("industry", "titanium", "feedstock", "titanium ore feeds metal works"),
    ("industry", "coal", "abatement", "coking coal is the carbon that the works could replace"),
    ("industry", "gas", "fuel", "gas can replace coal in furnaces and kilns"),
    (
        "efficiency",
        "gas",
        "abatement",
        "saved heat and power leave gas in the ground or for export",
    ),
    ("efficiency", "coal", "abatement", "saved heat and power leave coal in the ground"),
    ("waste_water", "coal", "abatement", "mine water and spoil need treatment"),
    (
        "solar",
        "silica",
        "feedstock",
        "high-grade silica is the raw material of solar glass and cells",
    ),
    ("solar", "coal", "land", "mined-out land can carry panels, and mines buy the power"),
    ("solar", "copper", "land", "a copper mine beside it buys power by day and night"),
    ("wind", "coal", "land", "mined-out land can carry turbines, and mines buy the power"),
    ("wind", "copper", "land", "a copper mine beside it buys the power"),
    *(
        (
            "minerals",
            metal,
            "product",
            f"{COMMODITY[metal].label.lower()} is what the project looks for",
        )
        for metal in _METALS
    ),
    ("minerals", "uranium", "product", "uranium is what the project looks for"),
    ("minerals", "coal", "by_product", "coal ash and overburden can hold rare earths and gallium"),
)

RELEVANCE = {(row[0], row[1]): Relevance(*row) for row in _TABLE}


def relevance(sector: str, commodities: list[str]) -> Relevance:
    """The weightiest relevance of a deposit's commodities to a sector; relation "none" where none
    matters.
    """
    known = [
        RELEVANCE[sector, commodity]
        for commodity in commodities
        if (sector, commodity) in RELEVANCE
    ]
    if known:
        return min(known, key=lambda row: RELATIONS.index(row.relation))
    main = commodities[0] if commodities else "other"
    name, label = COMMODITY[main].label.lower(), SECTOR[sector].label.lower()
    return Relevance(sector, main, "none", f"{name} has no known use in {label}")


def sought_by(sector: str) -> tuple[str, ...]:
    """Commodities that a sector looks for, in the order of the table."""
    return tuple(
        row.commodity for row in RELEVANCE.values() if row.sector == sector and row.matters
    )
