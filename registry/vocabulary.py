"""The registry's vocabularies: tables of frozen rows that forms, filters, legends, API and docs
loop over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from geo.countries import COUNTRIES


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a vocabulary: the slug is stored, the label is shown."""

    slug: str
    label: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """How it may be written, the slug aside."""
        return (self.label,)


@dataclass(frozen=True, slots=True)
class CountryTerm(Term):
    """A country by its code, and its names in its own language, Russian and Japanese."""

    names: tuple[str, ...]

    @property
    def spellings(self) -> tuple[str, ...]:
        """Its names in four languages, as files of ministries have them."""
        return (self.label, *self.names)


T = TypeVar("T", bound="Term")


@dataclass(frozen=True, slots=True)
class Family(Term):
    """Colour says the family, a glyph the sector: 18 hues cannot be told apart."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class Sector(Term):
    """A sector with its codes in the standards that donors report in.

    `unfccc_scopes` are UNFCCC/JCM sectoral scopes, `dac_codes` OECD DAC purpose codes with the
    default first, `oc4ids` the Open Contracting for Infrastructure sector.
    """

    family: str
    glyph: str
    unfccc_scopes: tuple[int, ...]
    dac_codes: tuple[str, ...]
    oc4ids: str


@dataclass(frozen=True, slots=True)
class Status(Term):
    """A state of the life cycle, those it may move to, its code in IATI 2.03 and OC4IDS."""

    phase: str
    iati: str
    oc4ids: str
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Precision(Term):
    """How exact a position is, and the radius around it that it stands for.

    Only a position that `takes_part` is measured from: nobody shall read 12 km off a placeholder.
    """

    radius_km: float
    takes_part: bool
    help: str


@dataclass(frozen=True, slots=True)
class Commodity(Term):
    """What a deposit holds, and the group that colours it on the map."""

    group: str


@dataclass(frozen=True, slots=True)
class CommodityGroup(Term):
    """A colour group of commodities."""

    light: str
    dark: str


FAMILIES = (
    Family("renewables", "Renewables", "#00695C", "#2FA08F"),
    Family("firm_power", "Firm power", "#6A3FA0", "#9B7BD4"),
    Family("molecules", "Fuels and molecules", "#9E3316", "#E0734F"),
    Family("networks", "Networks and use", "#2F7FD0", "#6FB6F5"),
    Family("minerals", "Minerals", "#9A6F00", "#D9AE45"),
    Family("people", "People and rules", "#C94F9B", "#E07FBC"),
)

SECTORS = (
    Sector(
        "solar",
        "Solar power and heat",
        "renewables",
        "sun",
        (1,),
        ("23230", "23231", "23232"),
        "energy.solar",
    ),
    Sector("wind", "Wind power", "renewables", "wind", (1,), ("23240",), "energy.wind"),
    Sector("hydro", "Hydropower", "renewables", "droplets", (1,), ("23220",), "energy.hydropower"),
    Sector(
        "geo_bio",
        "Geothermal and bioenergy",
        "renewables",
        "leaf",
        (1,),
        ("23260", "23270", "32173"),
        "energy.geothermal",
    ),
    Sector(
        "nuclear", "Nuclear power and uranium", "firm_power", "atom", (1, 8), ("23510",), "energy"
    ),
    Sector(
        "thermal",
        "Thermal power and heat",
        "firm_power",
        "flame",
        (1,),
        ("23340", "23320", "23310", "23610"),
        "energy",
    ),
    Sector(
        "ccus",
        "Carbon capture, use and storage",
        "molecules",
        "container",
        (16,),
        ("23350", "41020"),
        "energy",
    ),
    Sector(
        "hydrogen",
        "Hydrogen, ammonia, fertiliser",
        "molecules",
        "flask-conical",
        (5,),
        ("32164", "32165"),
        "economy",
    ),
    Sector(
        "oil_gas",
        "Oil, gas and methane",
        "molecules",
        "fuel",
        (10,),
        ("32262", "32167", "23640"),
        "energy",
    ),
    Sector(
        "coal",
        "Coal and mine closure",
        "molecules",
        "mountain",
        (8, 10),
        ("32261",),
        "naturalResources",
    ),
    Sector("grid", "Grid and storage", "networks", "cable", (2,), ("23630", "23631"), "energy"),
    Sector(
        "efficiency",
        "Efficiency and district heating",
        "networks",
        "gauge",
        (3,),
        ("23183", "23620"),
        "energy",
    ),
    Sector(
        "industry",
        "Metals, cement, manufacturing",
        "networks",
        "factory",
        (4, 9),
        ("32169", "32170", "32166"),
        "economy",
    ),
    Sector(
        "corridor",
        "Transport and trade routes",
        "networks",
        "train-front",
        (7,),
        ("21030", "21040", "21010", "33120", "23642"),
        "transport",
    ),
    Sector(
        "waste_water",
        "Waste and water",
        "networks",
        "recycle",
        (13,),
        ("14050", "23360", "14015"),
        "waterAndWaste",
    ),
    Sector(
        "minerals",
        "Critical minerals and mining",
        "minerals",
        "gem",
        (8,),
        ("32264", "32220", "32263", "32265", "32266", "32267"),
        "naturalResources",
    ),
    Sector(
        "people",
        "Skills and training",
        "people",
        "graduation-cap",
        (),
        ("23181", "11330", "11430", "15190"),
        "education",
    ),
    Sector(
        "policy_mrv",
        "Policy, carbon markets, research",
        "people",
        "scale",
        (),
        ("23110", "23111", "41010", "23182"),
        "governance",
    ),
)

PHASES = (
    Term("pipeline", "Pipeline"),
    Term("active", "Active"),
    Term("ended", "Ended"),
    Term("stopped", "Stopped"),
)

_EARLY = ("suspended", "withdrawn", "rejected")
_LATE = ("suspended", "cancelled")
STATUSES = (
    Status("idea", "Idea", "pipeline", "1", "identification", ("proposed", *_EARLY)),
    Status("proposed", "Proposed", "pipeline", "1", "identification", ("agreed", *_EARLY)),
    Status("agreed", "Agreed", "pipeline", "1", "identification", ("feasibility", *_EARLY)),
    Status("feasibility", "Feasibility", "pipeline", "1", "preparation", ("approved", *_LATE)),
    Status("approved", "Approved", "pipeline", "1", "preparation", ("construction", *_LATE)),
    Status(
        "construction", "Under construction", "active", "2", "implementation", ("operating", *_LATE)
    ),
    Status("operating", "Operating", "active", "3", "completion", ("completed", "retired", *_LATE)),
    Status("completed", "Completed", "ended", "4", "completion", ()),
    Status("retired", "Retired", "ended", "4", "decommissioned", ()),
    Status("suspended", "Suspended", "stopped", "6", "implementation", ("cancelled",)),
    Status("withdrawn", "Withdrawn", "stopped", "5", "cancelled", ()),
    Status("rejected", "Rejected", "stopped", "5", "cancelled", ()),
    Status("cancelled", "Cancelled", "stopped", "5", "cancelled", ()),
)

PRECISIONS = (
    Precision("exact", "Exact", 0, True, "The site itself, surveyed or read off a map of it."),
    Precision("approximate", "Approximate", 5, True, "Within about 5 km of the site."),
    Precision("town", "Nearest town", 25, True, "A town stands for the site: within about 25 km."),
    Precision("region", "Region only", 100, False, "Somewhere in an administrative unit."),
    Precision(
        "schematic", "Schematic line", 0, False, "A line drawn between towns, not the route."
    ),
    Precision(
        "centroid", "Placeholder", 0, False, "The middle of a country: says nothing of the site."
    ),
    Precision("unlocated", "No position", 0, False, "No place is known yet."),
)

COMMODITY_GROUPS = (
    CommodityGroup("energy", "Energy", "#37474F", "#9FB3BD"),
    CommodityGroup("base", "Base and ferrous metals", "#8D5A2B", "#D19A66"),
    CommodityGroup("precious", "Precious metals", "#8F7300", "#D9BE4E"),
    CommodityGroup("critical", "Critical minerals", "#5E7D1E", "#A3C65A"),
    CommodityGroup("industrial", "Industrial minerals", "#6F6F82", "#B0B0C4"),
)

COMMODITIES = (
    Commodity("oil", "Oil", "energy"),
    Commodity("gas", "Natural gas", "energy"),
    Commodity("coal", "Coal", "energy"),
    Commodity("uranium", "Uranium", "energy"),
    Commodity("copper", "Copper", "base"),
    Commodity("gold", "Gold", "precious"),
    Commodity("silver", "Silver", "precious"),
    Commodity("lead_zinc", "Lead and zinc", "base"),
    Commodity("nickel_cobalt", "Nickel and cobalt", "critical"),
    Commodity("chromium", "Chromium", "critical"),
    Commodity("iron", "Iron", "base"),
    Commodity("manganese", "Manganese", "critical"),
    Commodity("molybdenum", "Molybdenum", "critical"),
    Commodity("tungsten", "Tungsten", "critical"),
    Commodity("tin", "Tin", "base"),
    Commodity("rare_earths", "Rare earths", "critical"),
    Commodity("lithium", "Lithium", "critical"),
    Commodity("platinum_group", "Platinum group", "precious"),
    Commodity("aluminium", "Aluminium", "base"),
    Commodity("titanium", "Titanium", "critical"),
    Commodity("antimony", "Antimony", "critical"),
    Commodity("mercury", "Mercury", "base"),
    Commodity("phosphate", "Phosphate", "industrial"),
    Commodity("potash_salt", "Potash and salt", "industrial"),
    Commodity("graphite", "Graphite", "critical"),
    Commodity("silica", "Silica", "industrial"),
    Commodity("limestone", "Limestone", "industrial"),
    Commodity("geothermal", "Geothermal heat", "energy"),
    Commodity("other", "Other", "industrial"),
)

ROLES = (
    Term("proponent", "Proponent"),
    Term("host", "Host"),
    Term("funder", "Funder"),
    Term("implementer", "Implementer"),
    Term("technology", "Technology"),
    Term("offtaker", "Offtaker"),
)
MECHANISMS = (
    Term("none", "None"),
    Term("jcm", "Joint Crediting Mechanism"),
    Term("article_6_2", "Paris Agreement Article 6.2"),
)
# The stages follow the JCM's own form numbers 3.1 to 3.15 (jcm.go.jp, rules and guidelines).
JCM_STAGES = (
    Term("pin", "Project idea note"),
    Term("no_objection", "No objection"),
    Term("methodology", "Methodology"),
    Term("pdd", "Project design document"),
    Term("validation", "Validation"),
    Term("registered", "Registered"),
    Term("monitoring", "Monitoring"),
    Term("verification", "Verification"),
    Term("issuance", "Credits issued"),
    Term("withdrawn", "Withdrawn"),
)
PUBLICATIONS = (
    Term("draft", "Draft: only those who sign in see it"),
    Term("internal", "Internal: only those who sign in see it"),
    Term("public", "Public: everybody sees it"),
)
DEPOSIT_KINDS = (
    Term("field", "Field"),
    Term("mine", "Mine"),
    Term("deposit", "Deposit"),
    Term("occurrence", "Occurrence"),
)
DEPOSIT_STATUSES = (
    Term("undeveloped", "Undeveloped"),
    Term("explored", "Explored"),
    Term("developing", "Developing"),
    Term("operating", "Operating"),
    Term("closed", "Closed"),
    Term("unknown", "Unknown"),
)
SIZE_CLASSES = (
    Term("giant", "Giant"),
    Term("large", "Large"),
    Term("medium", "Medium"),
    Term("small", "Small"),
    Term("unknown", "Unknown"),
)
CORRIDOR_KINDS = (
    Term("oil_pipeline", "Oil pipeline"),
    Term("gas_pipeline", "Gas pipeline"),
    Term("rail", "Railway"),
    Term("sea_rail", "Rail and sea"),
    Term("road", "Road"),
    Term("port", "Port"),
    Term("power_line", "Power line"),
)
CORRIDOR_STATUSES = (
    Term("planned", "Planned"),
    Term("construction", "Under construction"),
    Term("operating", "Operating"),
    Term("suspended", "Suspended"),
    Term("cancelled", "Cancelled"),
)
# What a planner asks of a route is whose territory it depends on. The colours are none of a
# family's: a project's line must not read as a statement on Russia.
ROUTE_DEPENDENCES = (
    Family("past_both", "To markets past Russia and China", "#0E7490", "#38BDD1"),
    Family("through_russia", "Through or into Russia", "#A8174A", "#F2789F"),
    Family("into_china", "Through or into China", "#6B5A1E", "#CBB26A"),
)
AGREEMENT_KINDS = (
    Term("jcm", "Joint Crediting Mechanism"),
    Term("skilled_workers", "Skilled workers"),
    Term("energy", "Energy"),
    Term("trade", "Trade"),
    Term("finance", "Finance"),
    Term("transport", "Transport"),
    Term("other", "Other"),
)
AGREEMENT_STATUSES = (
    Term("announced", "Announced"),
    Term("negotiated", "Negotiated"),
    Term("signed", "Signed"),
    Term("in_force", "In force"),
    Term("held", "Held"),
    Term("expired", "Expired"),
)
# What a deposit is to a project, in the order of how much it weighs: what a plant runs on comes
# before what it leaves behind.
RELATIONS = (
    Term("feedstock", "Feedstock"),
    Term("fuel", "Fuel"),
    Term("storage", "Storage"),
    Term("product", "Product"),
    Term("abatement", "Source to abate"),
    Term("by_product", "By-product"),
    Term("land", "Competing land"),
    Term("none", "No known use"),
)
COUNTRY_TERMS = tuple(
    CountryTerm(each.code, each.name, (each.name_native, each.name_ru, each.name_ja))
    for each in COUNTRIES
)


def by_slug(terms: Iterable[T]) -> dict[str, T]:
    """The vocabulary as a dictionary."""
    return {term.slug: term for term in terms}


SECTOR = by_slug(SECTORS)
STATUS = by_slug(STATUSES)
PRECISION = by_slug(PRECISIONS)
COMMODITY = by_slug(COMMODITIES)

# Sectors whose projects have no feasibility study: a training course is agreed, then it runs.
SECTORS_WITHOUT_STUDY = frozenset({"people", "policy_mrv"})
ORDER_OF_STATUS = {status.slug: place for place, status in enumerate(STATUSES)}
MEASURED_PRECISIONS = tuple(p.slug for p in PRECISIONS if p.takes_part)
