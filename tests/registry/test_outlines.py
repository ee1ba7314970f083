"""The countries as a collection."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.countries import COUNTRIES as OUTLINES
from geo.feature import Feature, feature_text
from registry import queries
from registry.collections import COUNTRIES
from registry.filters import Filter, Page
from registry.models import Country


def refs(session: Session, **asked: str) -> list[str]:
    question = Filter.parse({name: [text] for name, text in asked.items()}, COUNTRIES)
    found = queries.features(session, COUNTRIES, question, Page(), public_only=True)
    assert len(found) == queries.count(session, COUNTRIES, question, public_only=True)
    return [feature.ref for feature in found]


def test_every_country_is_there_as_it_is_drawn(session: Session) -> None:
    rows = {row.ref: row for row in session.scalars(select(Country))}
    assert set(rows) == {country.code for country in OUTLINES}
    for country in OUTLINES:
        row = rows[country.code]
        said = {prop.name: getattr(row, prop.name) for prop in COUNTRIES.properties}
        assert row.geometry.equals_exact(country.outline, 0)
        assert row.text == feature_text(Feature(country.code, country.outline, said))
        assert said["name_ja"] == country.name_ja


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"bbox": "69,41.2,69.5,41.4"}, {"UZ", "KZ"}),
        ({"bbox": "0,0,1,1"}, set()),
        ({"country": "TJ,TM"}, {"TJ", "TM"}),
        ({"q": "кыргыз"}, {"KG"}),
        ({"capital": "Astana"}, {"KZ"}),
        ({"filter": "S_CONTAINS(geometry, POINT(64.42 39.77))"}, {"UZ"}),
        ({"datetime": "2026-01-01/.."}, set()),
    ],
)
def test_countries_are_asked_as_records_are(
    session: Session, asked: dict[str, str], expected: set[str]
) -> None:
    assert set(refs(session, **asked)) == expected
