"""Why a deposit matters to a project: one table of sector × commodity."""

from dataclasses import dataclass

from registry.vocabulary import COMMODITY, RELATIONS, SECTOR


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


_ORDER = [relation.slug for relation in RELATIONS]
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
# Dug in wide open pits with dumps and tailings beside them, by mines that use much power.
_OPEN_PITS = ("coal", "copper", "gold", "iron", "chromium", "phosphate", "aluminium", "uranium")
# What leaves by the trainload, or by pipeline.
_FREIGHT = ("oil", "gas", "coal", "copper", "iron", "chromium", "lead_zinc", "phosphate", "uranium")
_TAILINGS = ("uranium", "gold", "copper", "lead_zinc", "mercury", "antimony")


def _named(commodity: str) -> str:
    return COMMODITY[commodity].label.lower()


_TABLE = (
    ("nuclear", "uranium", "fuel", "uranium is what the reactor or the fuel cycle runs on"),
    ("nuclear", "phosphate", "by_product", "phosphate rock can hold uranium worth extracting"),
    ("nuclear", "coal", "by_product", "some coals and lignites here hold uranium"),
    ("thermal", "gas", "fuel", "gas can fuel the plant"),
    ("thermal", "coal", "fuel", "coal can fuel the plant"),
    ("thermal", "oil", "fuel", "oil, and the gas that comes up with it, can fuel the plant"),
    ("geo_bio", "geothermal", "fuel", "the heat of the ground is the source itself"),
    ("geo_bio", "oil", "by_product", "oil wells bring up hot water that can be used"),
    ("geo_bio", "gas", "by_product", "spent gas wells reach hot water that can be used"),
    ("hydrogen", "gas", "feedstock", "hydrogen, ammonia and urea can be made of gas"),
    ("hydrogen", "coal", "feedstock", "hydrogen and ammonia can be made of coal"),
    ("hydrogen", "oil", "abatement", "gas that is flared at the wells could be its feedstock"),
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
    ("oil_gas", "coal", "abatement", "methane of the seams can be drained into a gas grid"),
    ("coal", "coal", "product", "coal is what the project works on; its methane can be caught"),
    ("grid", "potash_salt", "storage", "salt caverns can store energy as compressed air"),
    ("industry", "iron", "feedstock", "iron ore feeds steelworks"),
    ("industry", "limestone", "feedstock", "limestone feeds cement works"),
    ("industry", "aluminium", "feedstock", "bauxite and alumina feed smelters"),
    ("industry", "copper", "feedstock", "copper ore feeds smelters"),
    ("industry", "lead_zinc", "feedstock", "lead and zinc ores feed smelters"),
    ("industry", "chromium", "feedstock", "chromite feeds ferro-alloy works"),
    ("industry", "manganese", "feedstock", "manganese feeds ferro-alloy works"),
    ("industry", "silica", "feedstock", "silica feeds glass and silicon works"),
    ("industry", "titanium", "feedstock", "titanium ore feeds metal works"),
    ("industry", "phosphate", "feedstock", "phosphate feeds chemical works"),
    ("industry", "lithium", "feedstock", "lithium feeds battery works"),
    ("industry", "graphite", "feedstock", "graphite feeds battery works and steel furnaces"),
    ("industry", "nickel_cobalt", "feedstock", "nickel and cobalt feed steel and battery works"),
    ("industry", "rare_earths", "feedstock", "rare earths feed makers of magnets"),
    ("industry", "gas", "fuel", "gas can replace coal in furnaces and kilns"),
    ("industry", "coal", "abatement", "coking coal is the carbon that the works could replace"),
    (
        "efficiency",
        "gas",
        "abatement",
        "saved heat and power leave gas in the ground or for export",
    ),
    ("efficiency", "coal", "abatement", "saved heat and power leave coal in the ground"),
    ("waste_water", "coal", "abatement", "mine water and spoil need treatment"),
    *(
        ("waste_water", ore, "abatement", f"tailings and water of {_named(ore)} mines need care")
        for ore in _TAILINGS
    ),
    ("policy_mrv", "oil", "abatement", "flares and leaks of the field can be measured and cut"),
    ("policy_mrv", "gas", "abatement", "methane leaks of the field can be measured and cut"),
    ("policy_mrv", "coal", "abatement", "methane of the mine can be measured and cut"),
    (
        "solar",
        "silica",
        "by_product",
        "high-grade silica is the raw material of solar glass and cells",
    ),
    *(
        (
            sector,
            ore,
            "land",
            f"{_named(ore)} mines and {sector} parks compete for land; a mine can buy the power",
        )
        for sector in ("solar", "wind")
        for ore in _OPEN_PITS
    ),
    ("solar", "oil", "abatement", "its power can replace fuel burnt at the oil field itself"),
    ("solar", "gas", "abatement", "its power can replace gas burnt at the field's compressors"),
    ("wind", "oil", "abatement", "its power can replace fuel burnt at the oil field itself"),
    ("wind", "gas", "abatement", "its power can replace gas burnt at the field's compressors"),
    ("hydro", "potash_salt", "land", "salt under a dam or reservoir dissolves and must be sealed"),
    ("hydro", "gold", "land", "a reservoir can drown gold, and mining upstream fouls its water"),
    ("hydro", "coal", "land", "a reservoir can drown coal, and mining upstream fouls its water"),
    ("hydro", "uranium", "land", "uranium tailings beside a reservoir endanger its water"),
    *(
        ("corridor", ware, "product", f"{_named(ware)} is freight that the route can carry")
        for ware in _FREIGHT
    ),
    *(
        ("minerals", metal, "product", f"{_named(metal)} is what the project looks for")
        for metal in _METALS
    ),
    ("minerals", "uranium", "product", "uranium is what the project looks for"),
    ("minerals", "coal", "by_product", "coal ash and overburden can hold rare earths and gallium"),
    ("minerals", "oil", "by_product", "brines that come up with oil can hold lithium and iodine"),
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
        return min(known, key=lambda row: _ORDER.index(row.relation))
    main = commodities[0] if commodities else "other"
    name, label = _named(main), SECTOR[sector].label.lower()
    return Relevance(sector, main, "none", f"{name} has no known use in {label}")


def sought_by(sector: str, *relations: str) -> tuple[str, ...]:
    """Commodities that a sector looks for, in the order of the table."""
    return tuple(
        row.commodity
        for row in RELEVANCE.values()
        if row.sector == sector and row.relation in (relations or _ORDER)
    )
