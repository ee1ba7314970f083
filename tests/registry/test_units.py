"""Units in headings: each that is known has one size, and none that is unknown is guessed."""

import pytest

from registry.properties import PROJECT_PROPERTIES
from registry.units import MEASURES, of_heading

POWER, ENERGY, TONNES = "capacity_mw", "generation_gwh_per_year", "reduction_claimed_tco2e_per_year"
COST = "cost_amount"


@pytest.mark.parametrize(
    ("heading", "ours", "factor", "currency"),
    [
        ("Capacity (kW)", POWER, 1e-3, ""),
        ("Power kW", POWER, 1e-3, ""),
        ("Мощность, МВт", POWER, 1, ""),
        ("Power, MW (gross)", POWER, 1, ""),
        ("cap_gw", POWER, 1e3, ""),
        ("設備容量（万kW）", POWER, 10, ""),
        ("Тепловая мощность, Гкал/ч", POWER, 1.163, ""),
        ("Выработка, млн кВт·ч в год", ENERGY, 1, ""),
        ("発電量 (億kWh)", ENERGY, 100, ""),
        ("Generation TWh/yr", ENERGY, 1e3, ""),
        ("Сокращение, тыс. т CO2", TONNES, 1e3, ""),
        ("Сокращение выбросов, т СО2-экв/год", TONNES, 1, ""),
        ("Reduction (MtCO₂e per year)", TONNES, 1e6, ""),
        ("削減量（万トンCO2/年）", TONNES, 1e4, ""),
        ("Cost, млн USD", COST, 1e6, "USD"),
        ("Investment ($ million)", COST, 1e6, "USD"),
        ("Стоимость в долл. США", COST, 1, "USD"),
        ("cost_meur", COST, 1e6, "EUR"),
        ("投資額（億円）", COST, 1e8, "JPY"),
        ("Сумма, млрд сум", COST, 1e9, "UZS"),
        ("Cost (mln)", COST, 1e6, ""),
        ("Cost USD (mln)", "cost_usd", 1e6, ""),
    ],
)
def test_a_heading_says_its_unit(heading: str, ours: str, factor: float, currency: str) -> None:
    unit, unknown = of_heading(heading, ours)
    assert unit is not None
    assert (unit.factor, unit.currency, unknown) == (factor, currency, "")


@pytest.mark.parametrize(
    ("heading", "ours", "unknown"),
    [
        ("Power (MVA)", POWER, "MVA"),
        ("Capacity, t/day", POWER, "t/day"),
        ("Cost (¥)", COST, "¥"),
        ("Cost (planned)", COST, "planned"),
        ("Cost", COST, ""),
        ("Total cost", COST, ""),
        ("capacity_mw", POWER, ""),
        ("Name (kW)", "name", ""),
        ("(" * 10_000, POWER, ""),
    ],
)
def test_what_is_unknown_is_named_and_never_guessed(heading: str, ours: str, unknown: str) -> None:
    assert of_heading(heading, ours) == (None, unknown)


@pytest.mark.parametrize("name", MEASURES)
def test_every_unit_is_read_back_by_its_name_and_sizes_differ(name: str) -> None:
    measure = MEASURES[name]
    assert name in {prop.name for prop in PROJECT_PROPERTIES}
    sizes = [(unit.factor, unit.currency) for unit in measure.units.values()]
    assert len(set(sizes)) == len(sizes)
    for word, unit in measure.words.items():
        if word:
            assert measure.read(word) == unit, f"{word} is two units"
