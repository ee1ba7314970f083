"""What a sector cannot do without, and the question which of it is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from registry.errors import BadFilter
from registry.fields import AnyOf
from registry.kinds import shown
from registry.reach import reach_km, read_km
from registry.relevance import sought_by
from registry.vocabulary import COMMODITIES, COUNTRY_TERMS, SECTORS

Args = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Need:
    """What a sector cannot do without: one of these commodities is enough.

    Which one a project of an `any_ore` sector works on is not recorded, so no single ore can be
    said to be missing.
    """

    sector: str
    commodities: tuple[str, ...]
    reason: str
    any_ore: bool = False


# Fewer than what matters: a solar park uses silica, but no planner looks for a park beside it.
_NEEDS = (
    Need("nuclear", ("uranium",), "a reactor and its fuel cycle begin with uranium"),
    Need("thermal", ("gas", "coal", "oil"), "a thermal plant burns gas, coal or oil"),
    Need(
        "geo_bio",
        ("geothermal",),
        "geothermal plants stand on the heat of the ground; a biomass plant needs none",
    ),
    Need("ccus", sought_by("ccus", "storage"), "carbon dioxide needs a place to be stored"),
    Need(
        "hydrogen",
        ("gas", "coal"),
        "hydrogen, ammonia and urea are made of gas or coal, unless of water by green power",
    ),
    Need("oil_gas", ("oil", "gas"), "the project works on oil or gas"),
    Need("coal", ("coal",), "the project works on coal"),
    Need(
        "industry",
        sought_by("industry", "feedstock"),
        "metal and cement works need ore or stone",
        any_ore=True,
    ),
    Need(
        "minerals",
        sought_by("minerals", "product"),
        "the project works on a deposit",
        any_ore=True,
    ),
)
NEEDS = {need.sector: need for need in _NEEDS}


def _anything(_words: Sequence[str]) -> Any:
    raise NotImplementedError("these words are compared here, not in the database")


FIELDS_OF_OPPORTUNITIES = (
    AnyOf("country", "Country", COUNTRY_TERMS, _anything),
    AnyOf("commodity", "Commodity", COMMODITIES, _anything),
    AnyOf("sector", "Sector", [s for s in SECTORS if s.slug in NEEDS], _anything),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Which opportunities are asked for; nothing said means all, `km` None each sector's reach."""

    country: tuple[str, ...] = ()
    commodity: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    km: float | None = None

    @classmethod
    def parse(cls, args: Args, also: Iterable[str] = ()) -> "Question":
        """Read `country`, `commodity`, `sector` and `km`; raises BadFilter with every fault."""
        fields = {field.name: field for field in FIELDS_OF_OPPORTUNITIES}
        asked: dict[str, Any] = {}
        faults = {
            name: f"{shown(name)} is no filter here; there are {', '.join([*fields, 'km'])}."
            for name in args
            if name not in {*fields, "km", *also}
        }
        for name in (*fields, "km"):
            texts = [text for text in args.get(name, ()) if text.strip()]
            try:
                if texts and name == "km":
                    asked[name] = read_km(texts[-1])
                elif texts:
                    asked[name] = fields[name].read(texts)
            except ValueError as error:
                faults[name] = str(error) if name in fields else f"km {error}."
        if faults:
            raise BadFilter(faults)
        return cls(**asked)

    def to_args(self) -> list[tuple[str, str]]:
        """The question as parameters: parsing them gives the same question."""
        words = [
            (field.name, word)
            for field in FIELDS_OF_OPPORTUNITIES
            for word in getattr(self, field.name)
        ]
        return words if self.km is None else [*words, ("km", f"{self.km:.9g}")]

    def needs(self) -> list[Need]:
        """What the sectors asked for need of the commodities asked for."""
        chosen = [need for need in NEEDS.values() if not self.sector or need.sector in self.sector]
        if not self.commodity:
            return chosen
        cut = [
            replace(need, commodities=tuple(c for c in need.commodities if c in self.commodity))
            for need in chosen
        ]
        return [need for need in cut if need.commodities]

    def lacks(self) -> list[Need]:
        """The needs of which a project can be said to lack what is asked for."""
        return [need for need in self.needs() if not (self.commodity and need.any_ore)]

    def reach_km(self, sector: str) -> float:
        """The radius asked for, or how far the sector reaches."""
        return reach_km(sector) if self.km is None else self.km
