"""What a project saves by the registry's own reckoning, beside what its sponsors claim.

Renewable generation displaces grid power: MW × capacity factor × 8760 h × grid factor. Factors:
IFI Default Grid Factors 2021 v3.1 (UNFCCC IFI TWG), combined margin, tCO2 per MWh, the intermittent
column for solar and wind, the firm column for hydropower and geothermal. Default capacity factors:
IRENA, Renewable Power Generation Costs in 2021, table H.1 (world, new plants).
"""

from collections.abc import Sequence
from dataclasses import dataclass

HOURS_PER_YEAR = 8760
MWH_PER_GWH = 1000

_INTERMITTENT = {"KZ": 0.698, "KG": 0.172, "TJ": 0.199, "TM": 0.833, "UZ": 0.558}
_FIRM = {"KZ": 0.532, "KG": 0.098, "TJ": 0.106, "TM": 0.676, "UZ": 0.467}


@dataclass(frozen=True, slots=True)
class Method:
    """How a sector's saving is reckoned: a default capacity factor, and grid factors."""

    capacity_factor: float
    grid_tco2_per_mwh: dict[str, float]


METHODS = {
    "solar": Method(0.17, _INTERMITTENT),
    "wind": Method(0.39, _INTERMITTENT),
    "hydro": Method(0.45, _FIRM),
}


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A computed saving in tonnes of CO2 equivalent a year, and the formula with its figures."""

    tco2e_per_year: int
    formula: str


def reckon(
    sector: str,
    countries: Sequence[str],
    shares: Sequence[float],
    capacity_mw: float | None,
    generation_gwh: float | None,
) -> Reckoning | None:
    """The saving of a renewable plant; None where the method or a figure is missing.

    Shares are those of the five countries, parallel to them, and weigh their grid factors; without
    shares (no place is known) a single country is taken as the whole.
    """
    if not shares and len(countries) == 1:
        shares = (1.0,)
    method, total = METHODS.get(sector), sum(shares)
    if method is None or not total or not (capacity_mw or generation_gwh):
        return None
    weighed = zip(countries, shares, strict=True)
    factor = sum(method.grid_tco2_per_mwh[code] * share for code, share in weighed) / total
    if generation_gwh:
        mwh, how = generation_gwh * MWH_PER_GWH, f"{generation_gwh:g} GWh × {factor:.3f} t/MWh"
    else:
        mwh = (capacity_mw or 0) * method.capacity_factor * HOURS_PER_YEAR
        how = (
            f"{capacity_mw:g} MW × {method.capacity_factor:g} (default capacity factor) × "
            f"{HOURS_PER_YEAR} h × {factor:.3f} t/MWh"
        )
    return Reckoning(round(mwh * factor), f"{how}; grid factor: IFI 2021 v3.1, combined margin")
