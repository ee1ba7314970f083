"""Which sectors are so near each other that one project may stand under either."""

from registry.vocabulary import SECTOR

# Each pair in the order of the vocabulary or not: kinship has no direction.
_KINDRED = (
    ("thermal", "efficiency", "a heat plant is entered as power or as heat"),
    ("thermal", "oil_gas", "a gas plant stands with its gas supply"),
    ("thermal", "geo_bio", "a plant can burn gas and biomass"),
    ("ccus", "oil_gas", "carbon dioxide is stored in oil and gas fields"),
    ("ccus", "thermal", "carbon dioxide is caught at a power plant"),
    ("ccus", "industry", "carbon dioxide is caught at a works"),
    ("hydrogen", "oil_gas", "gas chemistry is entered under either"),
    ("hydrogen", "industry", "a chemical works is entered under either"),
    ("hydrogen", "solar", "green hydrogen comes with its solar park"),
    ("hydrogen", "wind", "green hydrogen comes with its wind farm"),
    ("solar", "wind", "hybrid parks hold both"),
    ("solar", "grid", "a solar park comes with its battery"),
    ("wind", "grid", "a wind farm comes with its battery"),
    ("hydro", "grid", "pumped storage and switchyards are entered under either"),
    ("coal", "minerals", "a mine is entered under either"),
    ("coal", "oil_gas", "coalbed methane is entered under either"),
    ("nuclear", "minerals", "a uranium mine is entered under either"),
    ("minerals", "industry", "a mine stands with its smelter"),
    ("grid", "corridor", "a power line to a market is entered under either"),
    ("oil_gas", "corridor", "a pipeline is entered under either"),
    ("geo_bio", "waste_water", "biogas is entered under either"),
    ("efficiency", "industry", "a works is made more efficient"),
    ("efficiency", "policy_mrv", "a tariff reform is entered under either"),
    ("people", "policy_mrv", "training comes with a policy"),
)
KINDRED: dict[str, dict[str, str]] = {slug: {} for slug in SECTOR}
for _one, _other, _why in _KINDRED:
    KINDRED[_one][_other] = KINDRED[_other][_one] = _why
