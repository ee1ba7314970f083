"""A record as its page shows it: facts in groups, partners, sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.feature import Feature
from registry import drafts
from registry.clock import now
from registry.collections import Collection
from registry.properties import Property
from registry.vocabulary import ROLES, by_slug
from web import wording

Said = Mapping[str, Any]
# A smaller part of a geometry beyond the five is a matter of how the outlines are drawn.
_LEAST_SHARE = 0.005
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
    "remove": "Removed",
    "merge": "Merged",
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
    texts = said["sources"] if "sources" in said else (said.get("source") or "").split("; ")
    return [wording.source(text) for text in texts if text]


def oddities(record: Feature) -> list[str]:
    """What does not fit together in a project but may be true."""
    said = record.properties
    return drafts.oddities(said["status"], said["start_year"], now().date())


def _fact(prop: Property, record: Feature) -> Fact | None:
    said = record.properties
    given = said.get(prop.name)
    if given is None or given == [] or given is False or _says_nothing(prop.name, given, said):
        return None
    if prop.name in _AS_FIGURE:
        return Fact(prop.name, prop.label, *_AS_FIGURE[prop.name](given, said))
    return Fact(prop.name, prop.label, wording.value(prop, given), prop.unit)


def _says_nothing(name: str, given: Any, said: Said) -> bool:
    """A figure that repeats another, or a share that rounds to none."""
    if name == "cost_usd":
        return said.get("cost_currency") == "USD" and said.get("cost_amount") == given
    return name == "outside_share" and given < _LEAST_SHARE


def _cost(given: float, said: Said) -> tuple[str, str, str]:
    figure, year = wording.money(given, said.get("cost_currency")), said.get("cost_year")
    return figure.text, figure.unit, f"prices of {year}" if year else ""


def _figure(figure: wording.Figure) -> tuple[str, str]:
    return figure.text, figure.unit


# How to write what is more than its value: text, unit, note.
_AS_FIGURE: dict[str, Callable[[Any, Said], tuple[str, ...]]] = {
    "cost_amount": _cost,
    "cost_usd": lambda given, said: _figure(wording.money(given, "USD")),
    "capacity_mw": lambda given, said: _figure(wording.power(given)),
    "capacity_value": lambda given, said: (
        wording.number(given, 3),
        said.get("capacity_unit") or "",
    ),
    "outside_share": lambda given, said: (f"{given:.0%}",),
    "countries": lambda given, said: (_shared(given, said.get("country_shares") or []),),
    "status_date": lambda given, said: (wording.day(given),),
}


def _shared(codes: Sequence[str], shares: Sequence[float]) -> str:
    if len(codes) < 2 or len(shares) != len(codes):
        return wording.countries(codes)
    pairs = zip(codes, shares, strict=True)
    return ", ".join(f"{wording.countries([code])} {share:.0%}" for code, share in pairs)


def _at(values: Sequence[str | None], place: int) -> str | None:
    return values[place] if place < len(values) else None


def _country(code: str | None) -> str:
    return {"XM": "Multilateral", None: ""}.get(code) or wording.partner_country(code or "")


def _role(slug: str | None) -> str:
    return _ROLE[slug].label if slug in _ROLE else ""
