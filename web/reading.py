"""A record as its page shows it: facts in groups, partners, sources."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.feature import Feature
from registry.collections import Collection
from registry.emissions import Reckoning, reckon
from registry.properties import Property
from registry.vocabulary import ROLES, by_slug
from web import wording

_ROLE = by_slug(ROLES)
# Shown in the head of the page, in a part of their own, or not at all.
_ELSEWHERE = frozenset(
    {
        "name", "title", "summary", "sector", "status", "phase", "alt_names", "sources", "source",
        "partners", "partner_countries", "partner_roles", "japan_involved", "country_shares",
        "reduction_claimed_tco2e_per_year", "reduction_computed_tco2e_per_year", "cost_currency",
        "cost_year", "capacity_unit", "publication", "version", "created_at", "updated_at",
        "location_source", "parent", "agreement",
    }
)  # fmt: skip

ACTIONS = {
    "create": "Added",
    "revise": "Changed",
    "withdraw": "Withdrawn",
    "import": "Imported",
    "seed": "Entered with the first facts",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a record: what, how much, and how it was made."""

    name: str
    label: str
    text: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation and what it does in a project."""

    name: str
    country: str
    role: str


def fact_groups(collection: Collection, record: Feature) -> list[tuple[str, list[Fact]]]:
    """The facts that a record has, in the groups of its form."""
    groups: dict[str, list[Fact]] = {}
    for prop in collection.properties:
        fact = None if prop.name in _ELSEWHERE else _fact(prop, record)
        if fact:
            groups.setdefault(prop.group, []).append(fact)
    return list(groups.items())


def partners(record: Feature) -> list[Partner]:
    """Who takes part, in the order given."""
    said = record.properties
    names, countries, roles = said["partners"], said["partner_countries"], said["partner_roles"]
    return [
        Partner(name, _country(_at(countries, place)), _role(_at(roles, place)))
        for place, name in enumerate(names)
    ]


def sources(record: Feature) -> list[wording.SourceLink]:
    """Where the record's facts come from."""
    said = record.properties
    texts = said["sources"] if "sources" in said else [said["source"]] if said.get("source") else []
    return [wording.source(text) for text in texts]


def reckoning(record: Feature) -> Reckoning | None:
    """The registry's own figure for a project's saving, with its formula."""
    said = record.properties
    codes, shares = said["countries"], said["country_shares"]
    weighed = dict(zip(codes, shares, strict=True)) if len(shares) == len(codes) else {}
    if not weighed and len(codes) == 1:
        weighed = {codes[0]: 1.0}
    return reckon(said["sector"], weighed, said["capacity_mw"], said["generation_gwh_per_year"])


def _fact(prop: Property, record: Feature) -> Fact | None:
    said = record.properties
    given = said.get(prop.name)
    if given is None or given == [] or given is False:
        return None
    if prop.name == "cost_amount":
        figure = wording.money(given, said.get("cost_currency"))
        year = said.get("cost_year")
        return Fact(prop.name, prop.label, figure.text, figure.unit, f"prices of {year}" if year else "")
    if prop.name == "cost_usd":
        if said.get("cost_currency") == "USD" and said.get("cost_amount") == given:
            return None
        figure = wording.money(given, "USD")
        return Fact(prop.name, prop.label, figure.text, figure.unit)
    if prop.name == "capacity_mw":
        figure = wording.power(given)
        return Fact(prop.name, prop.label, figure.text, figure.unit)
    if prop.name == "capacity_value":
        return Fact(prop.name, "Capacity", wording.number(given, 3), said.get("capacity_unit") or "")
    if prop.name == "outside_share":
        return Fact(prop.name, prop.label, f"{given:.0%}") if given >= 0.005 else None
    if prop.name == "countries":
        return Fact(prop.name, prop.label, _shared(given, said.get("country_shares") or []))
    if prop.name.endswith("_date"):
        return Fact(prop.name, prop.label, wording.day(given))
    return Fact(prop.name, prop.label, wording.value(prop, given), prop.unit)


def _shared(codes: Sequence[str], shares: Sequence[float]) -> str:
    if len(codes) < 2 or len(shares) != len(codes):
        return wording.countries(codes)
    return ", ".join(
        f"{wording.countries([code])} {share:.0%}" for code, share in zip(codes, shares, strict=True)
    )


def _at(values: Sequence[str | None], place: int) -> str | None:
    return values[place] if place < len(values) else None


def _country(code: str | None) -> str:
    return {"XM": "multilateral", None: ""}.get(code) or wording.partner_country(code or "")


def _role(slug: str | None) -> str:
    return _ROLE[slug].label if slug in _ROLE else ""
