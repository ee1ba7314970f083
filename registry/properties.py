"""What is published of each collection: tables of rows from which forms, import, export and schema
are made.
"""

from dataclasses import dataclass

from registry import synonyms
from registry.kinds import Choice, Day, Flag, Kind, Moment, Number, Several, Text, year
from registry.vocabulary import (
    AGREEMENT_KINDS,
    AGREEMENT_STATUSES,
    COMMODITIES,
    CORRIDOR_KINDS,
    CORRIDOR_STATUSES,
    COUNTRY_TERMS,
    DEPOSIT_KINDS,
    DEPOSIT_STATUSES,
    JCM_STAGES,
    MECHANISMS,
    PHASES,
    PRECISIONS,
    PUBLICATIONS,
    RELATIONS,
    ROLES,
    SECTORS,
    SIZE_CLASSES,
    STATUSES,
)


@dataclass(frozen=True, slots=True)
class Property:
    """One published property: its name in files, its label on pages, how it is read.

    `default` is what a new record has where nothing is said; a stored one keeps what it has.
    `computed` ones are made by the registry and ignored on import. `column` says that the value
    stands in a column of that name; the others are composed in `features` and `records`.
    """

    name: str
    label: str
    kind: Kind
    group: str = ""
    help: str = ""
    unit: str = ""
    required: bool = False
    computed: bool = False
    column: bool = True
    default: str | None = None


WHAT, WHERE, WHO, SIZE, CLIMATE, LINKS, RECORD = (
    "What it is",
    "Where it is",
    "Who takes part",
    "Size, money and time",
    "Climate",
    "Sources and links",
    "Record",
)
MOST_MW = 1e6
OPTIONAL_GROUPS = frozenset({WHO, SIZE, CLIMATE})

_COUNTRIES = Several(Choice(COUNTRY_TERMS, synonyms.COUNTRIES), most=5)
# Long enough that a name typed by mistake is told, not cut to two letters.
_PARTNER_COUNTRY = Text(60)
_VERSION = Property("version", "Version", Number(whole=True), RECORD, computed=True)
_UPDATED = Property("updated_at", "Last change", Moment(), RECORD, computed=True)
_ALT_NAMES = Property(
    "alt_names",
    "Other names",
    Several(Text(300)),
    WHAT,
    "One a line; the language after an @: Зарафшан @ru",
)
_PRECISION = Property(
    "location_precision",
    "How exact the place is",
    Choice(PRECISIONS, synonyms.PRECISIONS),
    WHERE,
    "Left open, a place counts as approximate.",
)
_OFFSHORE = Property("offshore", "Offshore", Flag(), WHERE, computed=True)

PROJECT_PROPERTIES = (
    Property("name", "Name", Text(300), WHAT, required=True),
    Property("sector", "Sector", Choice(SECTORS, synonyms.SECTORS), WHAT, required=True),
    Property("status", "Status", Choice(STATUSES, synonyms.STATUSES), WHAT, required=True),
    Property(
        "status_date", "Status since", Day(), WHAT, "The day it entered this status, as 2026-11-24."
    ),
    Property("phase", "Phase", Choice(PHASES), WHAT, computed=True, column=False),
    Property("summary", "Summary", Text(4000, lines=True), WHAT, "Two or three sentences."),
    _ALT_NAMES,
    Property(
        "secondary_sectors",
        "Other sectors",
        Several(Choice(SECTORS, synonyms.SECTORS), most=18),
        WHAT,
    ),
    _PRECISION,
    Property("location_source", "Where the place comes from", Text(500), WHERE),
    Property(
        "countries",
        "Countries",
        _COUNTRIES,
        WHERE,
        "Computed from the place; say them only where there is none.",
        column=False,
    ),
    Property(
        "countries_stated",
        "Countries as stated",
        _COUNTRIES,
        WHERE,
        "What the source says, where it differs from the map.",
    ),
    Property(
        "country_shares",
        "Country shares",
        Several(Number(0, 1)),
        WHERE,
        computed=True,
        column=False,
    ),
    Property("outside_share", "Share outside the five", Number(0, 1), WHERE, computed=True),
    Property(
        "admin1",
        "Regions",
        Several(Text(64)),
        WHERE,
        "Computed from the place; say them only where there is none.",
    ),
    _OFFSHORE,
    Property(
        "partners",
        "Partner",
        Several(Text(200), in_step=True),
        WHO,
        "An organisation that takes part.",
        column=False,
    ),
    Property(
        "partner_countries",
        "Its country",
        Several(_PARTNER_COUNTRY, in_step=True),
        WHO,
        "Two letters, as JP; XM for multilateral.",
        column=False,
    ),
    Property(
        "partner_roles",
        "Its role",
        Several(Choice(ROLES, synonyms.ROLES), in_step=True),
        WHO,
        column=False,
    ),
    Property("japan_involved", "Japan takes part", Flag(), WHO, computed=True, column=False),
    Property("capacity_mw", "Power", Number(0, MOST_MW), SIZE, unit="MW"),
    Property("capacity_value", "Other capacity", Number(), SIZE, "Where it is not power: 3,000 …"),
    Property("capacity_unit", "Its unit", Text(32), SIZE, "… tonnes a year, MWh, km"),
    Property("generation_gwh_per_year", "Generation", Number(0, 1e6), SIZE, unit="GWh a year"),
    Property("cost_amount", "Cost", Number(), SIZE),
    Property("cost_currency", "Currency", Text(20), SIZE, "Three letters, as USD or JPY."),
    Property("cost_year", "Year of the price", year(), SIZE),
    Property("cost_usd", "Cost in US dollars", Number(), SIZE, unit="USD"),
    Property("start_year", "Start", year(), SIZE, "Year of first operation, planned or real."),
    Property("end_year", "End", year(), SIZE),
    Property(
        "reduction_claimed_tco2e_per_year",
        "Claimed reduction",
        Number(0, 1e10),
        CLIMATE,
        "As published.",
        "t CO₂e a year",
    ),
    Property(
        "reduction_computed_tco2e_per_year",
        "Computed reduction",
        Number(0, 1e10),
        CLIMATE,
        unit="t CO₂e a year",
        computed=True,
        column=False,
    ),
    Property("mechanism", "Mechanism", Choice(MECHANISMS, synonyms.MECHANISMS), CLIMATE),
    Property("jcm_stage", "JCM stage", Choice(JCM_STAGES), CLIMATE),
    Property("jcm_number", "JCM number", Text(64), CLIMATE),
    Property(
        "parent", "Part or phase of", Text(64), LINKS, "The ref of that project.", column=False
    ),
    Property(
        "agreement",
        "Agreement it stands on",
        Text(64),
        LINKS,
        "Its ref, as A-000001.",
        column=False,
    ),
    Property(
        "sources", "Sources", Several(Text(1000)), LINKS, "One a line: title | address | date"
    ),
    Property(
        "publication",
        "Who may see it",
        Choice(PUBLICATIONS, synonyms.PUBLICATIONS),
        LINKS,
        "Left open, a new project is public.",
        default="public",
    ),
    _VERSION,
    Property("created_at", "Entered", Moment(), RECORD, computed=True),
    _UPDATED,
)

DEPOSIT_PROPERTIES = (
    Property("name", "Name", Text(300), WHAT, required=True),
    Property(
        "commodities",
        "Commodities",
        Several(Choice(COMMODITIES, synonyms.COMMODITIES), most=29),
        WHAT,
        "The main one first.",
        required=True,
        column=False,
    ),
    Property("kind", "Kind", Choice(DEPOSIT_KINDS, synonyms.DEPOSIT_KINDS), WHAT, required=True),
    _ALT_NAMES,
    Property("status", "Status", Choice(DEPOSIT_STATUSES, synonyms.DEPOSIT_STATUSES), WHAT),
    Property("size_class", "Size", Choice(SIZE_CLASSES, synonyms.SIZE_CLASSES), WHAT),
    _PRECISION,
    Property("countries", "Countries", _COUNTRIES, WHERE, column=False),
    _OFFSHORE,
    Property("source", "Source", Text(1000), LINKS),
    Property("source_id", "Its id there", Text(300), LINKS),
    Property("licence", "Licence", Text(200), LINKS),
    _VERSION,
    _UPDATED,
)

CORRIDOR_PROPERTIES = (
    Property("name", "Name", Text(300), WHAT, required=True),
    Property("kind", "Kind", Choice(CORRIDOR_KINDS, synonyms.CORRIDOR_KINDS), WHAT, required=True),
    Property("commodity", "Commodity", Text(100), WHAT),
    Property("markets", "Markets", Several(Text(200)), WHAT),
    Property("transits_russia", "Crosses Russia", Flag(), WHAT),
    Property("transits_china", "Crosses China", Flag(), WHAT),
    Property("ends_in_russia_or_china", "Ends in Russia or China", Flag(), WHAT),
    Property("other_risk", "Other risk", Text(1000), WHAT),
    Property("status", "Status", Choice(CORRIDOR_STATUSES, synonyms.CORRIDOR_STATUSES), WHAT),
    Property("capacity", "Capacity", Text(300), WHAT),
    Property("countries", "Countries", _COUNTRIES, WHERE, computed=True, column=False),
    _PRECISION,
    Property("source", "Source", Text(1000), LINKS),
    _VERSION,
    _UPDATED,
)

AGREEMENT_PROPERTIES = (
    Property("title", "Title", Text(300), WHAT, required=True),
    Property("country", "Country", Choice(COUNTRY_TERMS, synonyms.COUNTRIES), WHAT, required=True),
    Property(
        "kind", "Kind", Choice(AGREEMENT_KINDS, synonyms.AGREEMENT_KINDS), WHAT, required=True
    ),
    Property("date", "Date", Day(partial=True), WHAT),
    Property("place", "Place", Text(200), WHAT),
    Property("status", "Status", Choice(AGREEMENT_STATUSES, synonyms.AGREEMENT_STATUSES), WHAT),
    Property("note", "Note", Text(2000), WHAT),
    Property("source", "Source", Text(1000), LINKS),
    _VERSION,
    _UPDATED,
)

CROSS_REFERENCE_PROPERTIES = tuple(
    Property(name, label, kind, RECORD, unit=unit, computed=True, column=name == "distance_m")
    for name, label, kind, unit in (
        ("project", "Project", Text(64), ""),
        ("deposit", "Deposit", Text(64), ""),
        ("project_name", "Name of the project", Text(300), ""),
        ("deposit_name", "Name of the deposit", Text(300), ""),
        ("commodity", "Commodity", Choice(COMMODITIES, synonyms.COMMODITIES), ""),
        ("distance_m", "Distance", Number(), "m"),
        ("inside", "Inside, crossing or touching", Flag(), ""),
        ("matters", "Matters to the sector", Flag(), ""),
        ("relation", "What it is to the sector", Choice(RELATIONS), ""),
        ("uncertainty_km", "May be off by", Number(), "km"),
    )
)

COUNTRY_PROPERTIES = tuple(
    Property(name, label, Text(100), WHERE, computed=True)
    for name, label in (
        ("name", "Name"),
        ("official_name", "Official name"),
        ("name_native", "In its own language"),
        ("name_ru", "In Russian"),
        ("name_ja", "In Japanese"),
        ("iso3", "ISO 3166-1 alpha-3"),
        ("capital", "Capital"),
    )
)
