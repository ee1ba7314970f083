"""Why a deposit matters, how far it matters, what a sector cannot do without."""

import pytest

from registry.needs import NEEDS
from registry.reach import MOST_KM, REACH, STORED_KM, reach_km, read_km
from registry.relevance import RELEVANCE, relevance, sought_by
from registry.vocabulary import COMMODITY, RELATIONS, SECTOR, SECTORS


def test_every_row_speaks_of_a_known_sector_commodity_and_relation() -> None:
    for (sector, commodity), row in RELEVANCE.items():
        assert sector in SECTOR
        assert commodity in COMMODITY
        assert row.relation in {term.slug for term in RELATIONS[:-1]}
        assert row.reason[0].islower()
        assert not row.reason.endswith(".")


@pytest.mark.parametrize("sector", SECTORS, ids=lambda sector: sector.slug)
def test_every_sector_has_a_reach_with_its_reason(sector: object) -> None:
    row = REACH[sector.slug]  # type: ignore[attr-defined]  # parametrize loses the type
    assert STORED_KM <= row.km <= MOST_KM
    assert row.reason


def test_uranium_reaches_farthest() -> None:
    assert reach_km("nuclear") == 300
    assert reach_km("thermal") == 150
    assert reach_km("solar") == 50


@pytest.mark.parametrize("said", ["0.5", "301", "far", "-3", "nan"])
def test_no_radius_goes_past_three_hundred_kilometres(said: str) -> None:
    with pytest.raises(ValueError, match="takes a number"):
        read_km(said)


@pytest.mark.parametrize("need", NEEDS.values(), ids=lambda need: need.sector)
def test_what_a_sector_needs_matters_to_it(need: object) -> None:
    sector, commodities = need.sector, need.commodities  # type: ignore[attr-defined]  # same
    assert commodities
    assert set(commodities) <= set(sought_by(sector))


@pytest.mark.parametrize(
    ("sector", "commodities", "relation"),
    [
        ("nuclear", ["gold", "uranium"], "fuel"),
        ("hydrogen", ["potash_salt"], "storage"),
        ("hydrogen", ["oil"], "abatement"),
        ("policy_mrv", ["gas"], "abatement"),
        ("solar", ["uranium"], "land"),
        ("minerals", ["coal"], "by_product"),
        ("minerals", ["coal", "copper"], "product"),
        ("people", ["copper"], "none"),
        ("people", [], "none"),
    ],
)
def test_the_weightiest_relation_is_said(
    sector: str, commodities: list[str], relation: str
) -> None:
    assert relevance(sector, commodities).relation == relation
