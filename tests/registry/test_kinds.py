"""Values as they are read: what cannot be seen, what is no day, and figures that come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.numbers import exact_number
from registry.kinds import Choice, Day, Flag, Number, Several, Text
from registry.properties import (
    AGREEMENT_PROPERTIES,
    CORRIDOR_PROPERTIES,
    DEPOSIT_PROPERTIES,
    PROJECT_PROPERTIES,
    Property,
)
from registry.synonyms import words_of
from registry.vocabulary import COUNTRY_TERMS, STATUSES


@pytest.mark.parametrize(
    "text", ["\u200b", "\u202e\u2066", "\u200d\u200c", "\u0301", "\u3164\u2800"]
)
def test_text_that_shows_nothing_says_nothing(text: str) -> None:
    assert Text().read(text) is None


@pytest.mark.parametrize("mark", "\u202a\u202e\u2066\u2069\u200b\ufeff\x00\x9f")
def test_what_turns_or_hides_letters_is_left_out(mark: str) -> None:
    assert Text().read(f"Зараф{mark}шон") == "Зарафшон"


def test_a_joiner_within_a_word_stays() -> None:
    assert Text().read("می\u200cرود") == "می\u200cرود"


@pytest.mark.parametrize(
    "text", ["2026-11-24xyz", "2026-13", "2026-02-30", "٢٠٢٦-11-24", "2026-11-2"]
)
def test_a_text_that_is_no_day_is_refused(text: str) -> None:
    for kind in (Day(), Day(partial=True)):
        with pytest.raises(ValueError, match="takes a day"):
            kind.read(text)


@pytest.mark.parametrize(
    "text", ["2026-11-24", "2026-11-24T10:00:00Z", "2026-11-24 10:00:00+05:00"]
)
def test_a_moment_is_read_as_its_day(text: str) -> None:
    assert str(Day().read(text)) == "2026-11-24"


@pytest.mark.parametrize(
    ("said", "number"),
    [("1,900.5", 1900.5), ("0,5", 0.5), ("1 900", 1900), ("５００", 500), ("+1e3", 1000), (7, 7)],
)
def test_a_number_is_read_as_people_write_it(said: object, number: float) -> None:
    assert Number().read(said) == number


@pytest.mark.parametrize("said", ["1_0", "٣", "nan", "inf", "0x10", "1e999", 10**400, True, [1]])
def test_what_is_no_number_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="takes a number"):
        Number().read(said)


@pytest.mark.parametrize(
    "text", ["KZ", "kz", "Kazakhstan", "KAZAKHSTAN", "Казахстан", "カザフスタン"]
)
def test_a_country_is_read_by_its_code_and_its_names(text: str) -> None:
    assert Choice(COUNTRY_TERMS).read(text) == "KZ"


def test_a_label_is_read_in_any_case() -> None:
    assert Choice(STATUSES).read("under construction") == "construction"


def choices() -> list[tuple[str, Choice]]:
    """Every vocabulary that files write in, by the property."""
    every: tuple[Property, ...] = (
        *PROJECT_PROPERTIES,
        *DEPOSIT_PROPERTIES,
        *CORRIDOR_PROPERTIES,
        *AGREEMENT_PROPERTIES,
    )
    kinds = [(p.name, p.kind.item if isinstance(p.kind, Several) else p.kind) for p in every]
    return [(name, kind) for name, kind in kinds if isinstance(kind, Choice)]


@pytest.mark.parametrize(("name", "kind"), choices(), ids=lambda it: it if type(it) is str else "")
def test_every_synonym_means_one_word_of_its_vocabulary(name: str, kind: Choice) -> None:
    assert set(kind.synonyms) <= {term.slug for term in kind.terms}
    for slug, said in kind.synonyms.items():
        for word in words_of(said):
            assert kind.read(f" {word.upper()} ") == slug, f"{name}: {word}"
    for term in kind.terms:
        assert kind.read(term.slug) == kind.read(term.label) == term.slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Solar power", "solar"),
        ("Солнечная  энергетика", "solar"),
        ("geo-bio", "geo_bio"),
        ("СЭС", "solar"),
        ("зеленый водород", "hydrogen"),
        ("Мұнай және газ", "oil_gas"),
        ("太陽光発電", "solar"),
    ],
)
def test_a_sector_is_read_as_ministries_write_it(text: str, slug: str) -> None:
    assert dict(choices())["sector"].read(text) == slug


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sollar", "got “sollar”; did you mean solar\\?"),
        ("Солнечная енергетика", "did you mean solar\\?"),
        ("Kindergarten", "got “Kindergarten”$"),
    ],
)
def test_an_unknown_word_names_the_nearest_only_where_one_is_near(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dict(choices())["sector"].read(text)


def test_a_list_of_words_may_stand_between_commas() -> None:
    kind = Several(dict(choices())["sector"])
    assert kind.read("Wind, solar") == ["wind", "solar"]
    assert kind.read("Metals, cement, manufacturing; ГЭС") == ["industry", "hydro"]
    with pytest.raises(ValueError, match="got “wind, sunn”"):
        kind.read("wind, sunn")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("13.05.2026", "2026-05-13"),
        ("3.5.2026 г.", "2026-05-03"),
        ("05.06.2026", "2026-06-05"),
        ("2026/05/13", "2026-05-13"),
        ("2026.5.13", "2026-05-13"),
        ("2026年5月13日", "2026-05-13"),
        ("13/05/2026", "2026-05-13"),
        ("05/13/2026", "2026-05-13"),
        ("05/05/2026", "2026-05-05"),
        (46155, "2026-05-13"),
        (46155.0, "2026-05-13"),
        ("46155", "2026-05-13"),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(text: object, day: str) -> None:
    assert Day().read(text).isoformat() == day
    assert Day(partial=True).read(text) == day


@pytest.mark.parametrize(
    ("text", "day"), [("2026", "2026"), ("05.2026", "2026-05"), ("2026年5月", "2026-05")]
)
def test_only_where_a_part_may_be_missing_a_month_is_a_day(text: str, day: str) -> None:
    assert Day(partial=True).read(text) == day
    with pytest.raises(ValueError, match="takes a day"):
        Day().read(text)


@pytest.mark.parametrize("text", ["05/06/2026", "5-6-2026"])
def test_a_day_that_may_be_two_is_refused_with_both(text: str) -> None:
    with pytest.raises(ValueError, match="may be two days, 2026-06-05 or 2026-05-06; write"):
        Day().read(text)


@pytest.mark.parametrize("text", ["31.02.2026", "13/13/2026", "12345", "99999", "461550", "1e5"])
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="takes a day"):
        Day().read(text)


@pytest.mark.parametrize(("text", "flag"), [("Да", True), ("いいえ", False), (1, True)])
def test_yes_and_no_are_read_in_other_languages(text: object, flag: bool) -> None:
    assert Flag().read(text) is flag


@given(st.floats(0, 1e15))
def test_a_figure_as_text_reads_back_as_the_same(number: float) -> None:
    assert Number().read(exact_number(number)) == number
    assert "e+" not in exact_number(number)
