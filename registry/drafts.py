"""What somebody wants to store, checked as a whole: every fault at once, by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any, cast

import shapely
from shapely.geometry.base import BaseGeometry

from geo.countries import Location, locate_many, outside_sentence
from geo.elements import as_array
from geo.errors import BadGeometry
from geo.geometry import check_many, read_geojsons, read_text
from registry.codes import COUNTRIES, CURRENCIES
from registry.errors import Invalid
from registry.kinds import Kind, is_blank, shown
from registry.properties import (
    AGREEMENT_PROPERTIES,
    CORRIDOR_PROPERTIES,
    DEPOSIT_PROPERTIES,
    MOST_MW,
    PROJECT_PROPERTIES,
    Property,
)
from registry.vocabulary import PRECISION, STATUS

Given = str | Mapping[str, Any] | BaseGeometry | None
# Power units, and how many of each make a megawatt.
POWER_UNITS = {"w": 1e6, "kw": 1e3, "mw": 1.0, "gw": 1e-3}
_MW_TOLERANCE = 1e-6
MOST_VERTICES = 20_000
LINKS = ("parent", "agreement")
"""The properties that name another record."""
# How many values of a property are remembered, and of how many characters or entries at most.
_MOST_KNOWN = 2_000
_LONGEST_KNOWN = 200
_MOST_NAMED = 20  # unknown properties of a record that are told by their names
_PLACE = frozenset({"geometry", "countries"})
_PARTNER_COLUMNS = ("partners", "partner_countries", "partner_roles")


class Memo:
    """A kind that remembers how texts and lists of texts are read: files repeat the same words."""

    def __init__(self, kind: Kind) -> None:
        """Remember nothing yet."""
        self.kind, self._known = kind, dict[Any, Any]()

    def read(self, said: Any) -> Any:
        """What the kind reads; raises ValueError like it."""
        if type(said) is str:
            key: Any = said
        elif type(said) is list and all(type(item) is str for item in said):
            key = tuple(said)
        else:
            return self.kind.read(said)
        value = self._known.get(key)
        if value is None:
            value = self.kind.read(said)
            if len(said) <= _LONGEST_KNOWN:
                if len(self._known) == _MOST_KNOWN:
                    self._known.clear()
                self._known[key] = value
        return value.copy() if self.kind.is_list else value


@dataclass(frozen=True, slots=True)
class Rules:
    """What the drafts of one collection are held to."""

    properties: tuple[Property, ...]
    located: bool = True
    inside: bool = True  # the geometry must touch one of the five
    names: frozenset[str] = field(init=False)
    said: tuple[tuple[Property, "Memo"], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Note what may stand in a file, and what is read of it."""
        said = tuple((prop, Memo(prop.kind)) for prop in self.properties if not prop.computed)
        object.__setattr__(self, "names", frozenset(prop.name for prop in self.properties))
        object.__setattr__(self, "said", said)


RULES = {
    "projects": Rules(PROJECT_PROPERTIES),
    "deposits": Rules(DEPOSIT_PROPERTIES),
    "corridors": Rules(CORRIDOR_PROPERTIES, inside=False),
    "agreements": Rules(AGREEMENT_PROPERTIES, located=False),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that may be stored: values by property, its place, and what is odd but no fault."""

    collection: str
    values: dict[str, Any]
    geometry: BaseGeometry | None
    location: Location | None
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """One record while it is being read."""

    values: dict[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    location: Location | None = None
    faults: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def fault(self, name: str, sentence: str) -> None:
        self.faults.setdefault(name, []).append(sentence)


def parse(collection: str, values: Mapping[str, Any], geometry: Given, today: date) -> Draft:
    """One checked draft; raises Invalid with every fault."""
    result = parse_many(collection, [(values, geometry)], today)[0]
    if isinstance(result, Invalid):
        raise result
    return result


def parse_many(
    collection: str, given: Sequence[tuple[Mapping[str, Any], Given]], today: date
) -> list[Draft | Invalid]:
    """Drafts, or what is wrong with them, in order; places are computed for all at once."""
    rules = RULES[collection]
    readings = [_read(collection, rules, values) for values, _ in given]
    _read_geometries(rules, readings, [geometry for _, geometry in given])
    if rules.properties is PROJECT_PROPERTIES:
        for reading in readings:
            _relate(reading, today)
    placed = [reading for reading in readings if reading.geometry is not None]
    geometries = as_array([reading.geometry for reading in placed])
    for reading, location in zip(placed, locate_many(geometries), strict=True):
        reading.location = location
    return [_finish(collection, rules, reading) for reading in readings]


def _read(collection: str, rules: Rules, values: Mapping[str, Any]) -> _Reading:
    reading = _Reading()
    for prop, memo in rules.said:
        said = values.get(prop.name)
        if said is None and not prop.required:  # of most properties most records say nothing
            reading.values[prop.name] = [] if prop.kind.is_list else None
        else:
            _read_property(reading, prop, memo, said)
    unknown = [name for name in values if name not in rules.names]
    reading.warnings += [_left_out(collection, name) for name in unknown[:_MOST_NAMED]]
    if len(unknown) > _MOST_NAMED:
        more = len(unknown) - _MOST_NAMED
        reading.warnings.append(f"{more:,} more are no properties of {collection} either.")
    return reading


@lru_cache(_MOST_KNOWN)
def _left_out(collection: str, name: str) -> str:
    return f"{shown(name)} is not a property of {collection} and was left out."


def _relate(reading: _Reading, today: date) -> None:
    """What the properties of a project must be to each other."""
    for rule in (_partners, _capacity, _cost, _years, _mechanism):
        rule(reading)
    reading.warnings += oddities(reading.values["status"], reading.values["start_year"], today)


def _read_property(reading: _Reading, prop: Property, memo: Memo, said: Any) -> None:
    try:
        value = memo.read(said)
    except ValueError as error:
        reading.fault(prop.name, f"{prop.label} {error}.")
        value = [] if prop.kind.is_list else None
    else:
        if prop.required and is_blank(value):
            reading.fault(prop.name, f"{prop.label} is needed.")
    reading.values[prop.name] = value


def _read_geometries(rules: Rules, readings: Sequence[_Reading], given: Sequence[Given]) -> None:
    """The places of all records at once; where it matters, how exact each must be said to be."""
    said = {at: geometry for at, geometry in enumerate(given) if not is_blank(geometry)}
    if not rules.located:
        for at in said:
            readings[at].warnings.append("An agreement has no place: its geometry was left out.")
        return
    read = _read_texts(said)
    read |= {at: shape for at, shape in said.items() if isinstance(shape, BaseGeometry)}
    objects = {at: cast(Mapping[str, Any], said[at]) for at in said.keys() - read.keys()}
    read |= dict(zip(objects, read_geojsons(list(objects.values())), strict=True))
    good = {at: shape for at, shape in read.items() if isinstance(shape, BaseGeometry)}
    read |= dict(zip(good, check_many(list(good.values())), strict=True))
    counted = shapely.get_num_coordinates(as_array(list(good.values()))).tolist()
    corners = dict(zip(good, counted, strict=True))
    for at, reading in enumerate(readings):
        shape = read.get(at)
        if isinstance(shape, BadGeometry):
            reading.fault("geometry", str(shape))
        else:
            reading.geometry = shape
            _judge_geometry(reading, corners.get(at, 0))


def _read_texts(said: Mapping[int, Given]) -> dict[int, BaseGeometry | BadGeometry]:
    read: dict[int, BaseGeometry | BadGeometry] = {}
    for at, text in said.items():
        if isinstance(text, str):
            try:
                read[at] = read_text(text)
            except BadGeometry as error:
                read[at] = error
    return read


def _judge_geometry(reading: _Reading, corners: int) -> None:
    geometry, precision = reading.geometry, reading.values["location_precision"]
    if corners > MOST_VERTICES:
        reading.fault(
            "geometry",
            f"The place has {corners:,} corners; at most {MOST_VERTICES:,} fit, so simplify it.",
        )
    if geometry is None and precision not in (None, "unlocated"):
        label = PRECISION[precision].label
        reading.fault(
            "location_precision",
            f"“{label}” needs a place: draw it or type its coordinates, or choose “No position”.",
        )
    if geometry is not None and precision == "unlocated":
        reading.fault(
            "location_precision", "There is a place, so say how exact it is, or take it away."
        )
    if precision is None:
        reading.values["location_precision"] = "unlocated" if geometry is None else "approximate"


def _finish(collection: str, rules: Rules, reading: _Reading) -> Draft | Invalid:
    if rules.located:
        _place(rules, reading)
    if reading.faults:
        return Invalid(reading.faults)
    return Draft(
        collection, reading.values, reading.geometry, reading.location, tuple(reading.warnings)
    )


def _place(rules: Rules, reading: _Reading) -> None:
    """Countries and regions follow from the place; only without one they are taken as stated."""
    location = reading.location
    if location is not None and reading.geometry is not None:
        if rules.inside and not location.touches:
            reading.fault("geometry", outside_sentence(reading.geometry, location))
        reading.values["countries"] = list(location.shares)
        if "admin1" in reading.values:
            reading.values["admin1"] = list(location.admin1)
    elif rules.inside and not (reading.values["countries"] or reading.faults.keys() & _PLACE):
        reading.fault("countries", "Say at least one country, or give the place on the map.")


def _partners(reading: _Reading) -> None:
    """Names, countries and roles run parallel; an empty row of the form is none."""
    columns = [reading.values[name] for name in _PARTNER_COLUMNS]
    if not any(columns):
        return
    rows = [row for row in zip_longest(*columns) if any(row)]
    if any(name is None for name, _, _ in rows):
        reading.fault("partners", "A country or role stands without the partner it belongs to.")
    for _, country, _ in rows:
        if country and country.upper() not in COUNTRIES:
            reading.fault(
                "partner_countries", f"{shown(country)} is no country’s code; Japan is JP."
            )
    reading.values["partners"] = [name for name, _, _ in rows]
    reading.values["partner_countries"] = [code.upper() if code else None for _, code, _ in rows]
    reading.values["partner_roles"] = [role for _, _, role in rows]


def _capacity(reading: _Reading) -> None:
    """Megawatts follow from value and unit where the unit is a power; both may not disagree."""
    value, unit = reading.values["capacity_value"], reading.values["capacity_unit"]
    if value is None or "capacity_value" in reading.faults:
        return
    if unit is None:
        reading.fault("capacity_unit", "A capacity needs its unit, as MWh or tonnes a year.")
        return
    if unit.casefold() not in POWER_UNITS:
        return
    mw = value / POWER_UNITS[unit.casefold()]
    said = reading.values["capacity_mw"]
    if said is not None and abs(mw - said) > _MW_TOLERANCE * max(mw, said):
        reading.fault(
            "capacity_mw", f"{value:g} {unit} is {mw:g} MW, but {said:g} MW is said; keep one."
        )
    if mw > MOST_MW:
        reading.fault(
            "capacity_value", f"{value:g} {unit} is more than {MOST_MW:,.0f} MW; check it."
        )
    reading.values["capacity_mw"] = mw


def _cost(reading: _Reading) -> None:
    amount, currency = reading.values["cost_amount"], reading.values["cost_currency"]
    if currency is not None and currency.upper() not in CURRENCIES:
        reading.fault("cost_currency", f"{shown(currency)} is no currency’s code; the yen is JPY.")
    elif currency is not None:
        reading.values["cost_currency"] = currency.upper()
    if amount is not None and currency is None and "cost_currency" not in reading.faults:
        reading.fault("cost_currency", "A cost needs its currency, as USD or JPY.")
    if (
        amount is not None
        and reading.values["cost_currency"] == "USD"
        and reading.values["cost_usd"] is None
    ):
        reading.values["cost_usd"] = amount


def _years(reading: _Reading) -> None:
    start, end = reading.values["start_year"], reading.values["end_year"]
    if start is not None and end is not None and end < start:
        reading.fault("end_year", f"The end ({end}) comes before the start ({start}).")


def _mechanism(reading: _Reading) -> None:
    if reading.values["mechanism"] in (None, "none"):
        for name in ("jcm_stage", "jcm_number"):
            if reading.values[name] is not None:
                reading.fault(
                    name, "This goes with the mechanism “Joint Crediting Mechanism”; choose it."
                )


def oddities(status: str | None, start_year: int | None, today: date) -> list[str]:
    """What does not fit together but may be true: no fault, but worth a look."""
    if start_year is None or status is None:
        return []
    if status == "operating" and start_year > today.year:
        return [f"It is said to operate, but to start only in {start_year}."]
    if STATUS[status].phase == "pipeline" and start_year < today.year:
        return [f"Its start in {start_year} is past, but it is still in the pipeline."]
    return []
