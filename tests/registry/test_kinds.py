"""Values as they are read: what cannot be seen, what is no day, and figures that come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.kinds import Choice, Day, Number, Text, exact_number
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
    "text", ["KZ", "kz", "Kazakhstan", "KAZAKHSTAN", "Казахстан", "カザフスタン"]
)
def test_a_country_is_read_by_its_code_and_its_names(text: str) -> None:
    assert Choice(COUNTRY_TERMS).read(text) == "KZ"


def test_a_label_is_read_in_any_case() -> None:
    assert Choice(STATUSES).read("under construction") == "construction"


@given(st.floats(0, 1e15))
def test_a_figure_as_text_reads_back_as_the_same(number: float) -> None:
    assert Number().read(exact_number(number)) == number
    assert "e+" not in exact_number(number)
