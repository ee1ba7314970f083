"""Synthetic records are sound and always the same."""

from collections.abc import Callable, Iterator

import orjson
import pytest

from benchmarks import synthetic
from registry.clock import now
from registry.drafts import Draft, parse_many

MAKERS = {"projects": synthetic.projects, "deposits": synthetic.deposits}


@pytest.mark.parametrize("collection", MAKERS)
def test_every_synthetic_record_may_be_stored(collection: str) -> None:
    rows = [orjson.loads(line) for line in MAKERS[collection](300)]
    given = [(row["properties"], row["geometry"]) for row in rows]
    drafts = parse_many(collection, given, now().date())
    assert len(drafts) == 300
    assert [draft for draft in drafts if not isinstance(draft, Draft)] == []


@pytest.mark.parametrize("make", MAKERS.values())
def test_a_seed_gives_the_same_records_again(make: Callable[[int], Iterator[bytes]]) -> None:
    assert list(make(50)) == list(make(50))
