"""Columns of others: what they mean, and rows under our names."""

import pytest

from geo.formats import RawFeature
from registry.collections import COLLECTIONS, CORRIDORS, DEPOSITS, PROJECTS, Collection
from registry.errors import Invalid
from registry.mapping import check, columns_of, fingerprint, fits, is_name, renamed, suggest


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_our_own_names_mean_themselves(collection: Collection) -> None:
    names = ["id", *(prop.name for prop in collection.properties)]
    assert suggest(collection, names) == {name: name for name in names}
    assert fits(collection, names[1:])


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Project Name", "name"),
        ("Название", "name"),
        ("Наименование проекта", "name"),
        ("Краткое описание", "summary"),
        ("案件名", "name"),
        ("NAME", "name"),
        ("Installed capacity (MW)", "capacity_mw"),
        ("Мощность, МВт", "capacity_mw"),
        ("cap_mw", "capacity_mw"),
        ("Power", "capacity_mw"),
        ("Стадия", "status"),
        ("Comissioning year", "start_year"),
        ("Developers", "partners"),
        ("Страна", "countries"),
        ("Код", "id"),
        ("Cost, млн USD", "cost_amount million USD"),
        ("Capacity (kW)", "capacity_mw kW"),
        ("Общая мощность (MVA)", ""),
        ("Мощность (MVA)", "capacity_mw ?"),
        ("Сокращение выбросов, тыс. т CO2", "reduction_claimed_tco2e_per_year kt"),
        ("Foo", ""),
        ("", ""),
    ],
)
def test_a_column_is_guessed_by_name_label_synonym_or_spelling(theirs: str, ours: str) -> None:
    assert suggest(PROJECTS, [theirs]) == {theirs: ours}


def test_no_two_columns_mean_the_same_and_the_exact_name_goes_first() -> None:
    meant = suggest(PROJECTS, ["Project", "Title", "name", "sources", "url"])
    assert meant == {"Project": "", "Title": "", "name": "name", "sources": "sources", "url": ""}


def test_the_same_word_means_what_the_collection_has() -> None:
    assert suggest(DEPOSITS, ["Type", "Mineral"]) == {"Type": "kind", "Mineral": "commodities"}
    assert suggest(CORRIDORS, ["Capacity"]) == {"Capacity": "capacity"}


def test_rows_come_under_our_names_and_what_is_left_out_is_gone() -> None:
    rows = [RawFeature(1, None, None, {"Код": 7, "Имя": "A", "x": 1, "kept": 2})]
    assert columns_of(rows) == ["Код", "Имя", "x", "kept"]
    (row,) = renamed(rows, {"Код": "id", "Имя": "name", "x": ""})
    assert (row.ref, row.properties) == ("7", {"name": "A", "kept": 2})


def test_a_property_called_id_is_no_id_of_the_feature() -> None:
    (row,) = renamed([RawFeature(1, "P-1", None, {"id": 7})], {"id": "id"})
    assert (row.ref, row.properties) == ("P-1", {"id": 7})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"C": "name"}, "no column “C” in the file; it has A, B"),
        ({"A": "colour"}, "“colour” is no property of projects"),
        ({"A": "name", "B": "name"}, "“A” and “B” cannot both be name"),
        ({"A": "capacity_mw kW", "B": "capacity_mw"}, "“A” and “B” cannot both be capacity_mw"),
        (
            {"A": "capacity_mw furlong"},
            "“furlong” is no unit of capacity_mw that is known; known are W",
        ),
        ({"A": "capacity_mw ?"}, "Say in which unit “A” is; known are W, kW"),
        ({"A": "name kW"}, "name takes no unit; say name alone"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(said: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check(PROJECTS, ["A", "B"], said)


def test_what_is_not_spoken_of_stays_and_many_may_be_left_out() -> None:
    assert check(PROJECTS, ["A", "B", "C"], {"A": "", "B": ""}) == {"A": "", "B": "", "C": "C"}


def test_a_layout_is_known_by_its_columns_in_any_order_and_by_its_collection() -> None:
    assert fingerprint(PROJECTS, ["A", "B"]) == fingerprint(PROJECTS, ["B", "A"])
    assert fingerprint(PROJECTS, ["A"]) != fingerprint(DEPOSITS, ["A"])


def test_values_come_in_our_units_and_the_heading_gives_the_currency() -> None:
    meant = {"kW": "capacity_mw kW", "Cost": "cost_amount million USD", "Cur": "cost_currency"}
    given = [("1 500,5", 2.5, None), ("4OO", None, "EUR"), (0.1, 3, "usd"), (1, 2, "EUR")]
    rows = [
        RawFeature(at, None, None, dict(zip(meant, row, strict=True)))
        for at, row in enumerate(given)
    ]
    said = list(renamed(rows, meant))
    assert [row.properties for row in said[:3]] == [
        {"capacity_mw": 1.5005, "cost_amount": 2.5e6, "cost_currency": "USD"},
        {"capacity_mw": "4OO", "cost_amount": None, "cost_currency": "EUR"},
        {"capacity_mw": 0.0001, "cost_amount": 3e6, "cost_currency": "usd"},
    ]
    assert [row.fault for row in said[:3]] == [None, None, None]
    assert said[3].fault == "The heading says that the cost is in USD, the row “EUR”; keep one."


@pytest.mark.parametrize(
    ("text", "known"),
    [("Название", True), ("Мощность, кВт", True), ("id", True), ("Парк", False), ("2026", False)],
)
def test_a_name_of_a_column_is_told_from_a_value(text: str, known: bool) -> None:
    assert is_name(PROJECTS)(text) is known
