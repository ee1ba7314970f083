"""Words, dates and figures: whatever stands in a record, a page shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.templating import as_typed
from web.wording import day, source


@pytest.mark.parametrize(
    "address",
    [
        "http://[bad",
        "http://a℀b/",
        "http://a:port/",
        "http://:80/",
        "javascript:alert(1)",
        "http:///x",
    ],
)
def test_what_is_no_address_of_the_web_stays_text(address: str) -> None:
    found = source(f"Report | {address} | 2020-05")
    assert (found.url, found.date) == ("", "2020-05")
    assert address in found.title


def test_an_address_becomes_a_link() -> None:
    found = source("Report | https://example.org/a?b=1 | 2020-05-06")
    assert (found.title, found.url, found.date) == (
        "Report",
        "https://example.org/a?b=1",
        "2020-05-06",
    )
    assert source("https://example.org/a").title == "example.org"


@pytest.mark.parametrize("date", ["2020-13", "2020-99-99", "2020-00", "٢٠٢٠", "2020-02-30"])
def test_what_is_no_date_stays_text(date: str) -> None:
    assert source(f"Report | {date}").date == ""
    assert day(date) == date


@pytest.mark.parametrize(
    ("text", "shown"), [("2020-05-06", "6 May 2020"), ("2020-05", "May 2020"), ("2020", "2020")]
)
def test_a_date_is_written_as_people_write_it(text: str, shown: str) -> None:
    assert day(text) == shown


@given(st.text(alphabet="hHtTpPsS:/[]|@.%0123456789-℀ \u200b", max_size=40))
def test_no_text_of_a_source_is_too_odd(text: str) -> None:
    found = source(text)
    day(found.date)


@pytest.mark.parametrize("figure", [1234567890123.0, 0.1 + 0.2, 1e15, 1e-7, 500.0])
def test_a_figure_that_is_not_touched_stays_the_same(figure: float) -> None:
    assert float(as_typed(figure)) == figure
    assert as_typed(500.0) == "500"
