"""A GeoJSON text is cut into its features wherever its pieces end; none is read that is long."""

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadFile
from geo.formats import find_format
from geo.formats.cutting import LONGEST_FEATURE, Cutter

READ = find_format("geojson").read
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text('\\"{}[],:\n aЖ', max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text('"\\[{f', max_size=4), each),
    max_leaves=8,
)
BEGIN = b'{"type":"FeatureCollection","features":['


def in_pieces(text: bytes, size: int) -> Iterator[bytes]:
    """A text as a file gives it."""
    return (text[at : at + size] for at in range(0, len(text), size))


@given(
    members=st.lists(st.dictionaries(st.text(max_size=3), ANY, max_size=4), max_size=5),
    around=st.dictionaries(st.sampled_from(["a", "features\\", "bbox"]), ANY),
    size=st.integers(1, 40),
    indent=st.sampled_from([None, 1]),
)
def test_the_members_come_out_whole(
    members: list[Any], around: dict[str, Any], size: int, indent: int | None
) -> None:
    document = around | {"features": members} | {"z": {"features": [1, {}]}}
    text = json.dumps(document, ensure_ascii=False, indent=indent).encode()
    cutter = Cutter()
    cut = [json.loads(part.lstrip(b", \n")) for part in cutter.features(in_pieces(text, size))]
    assert cut == members
    assert json.loads(cutter.frame) == document | {"features": []}
    assert (cutter.rest, cutter.line) == (b"", text.count(b"\n") + 1)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (BEGIN + b'{"a":1},\n{"a":1 "b":2}]}', "broken at line 2, column 8"),
        (BEGIN + b'{"a":1}\n{"a":1}]}', r"broken at line 1, column 48 \(a comma is missing"),
        (BEGIN + b'{"a":1},\n{"a":1,"b":[1,2}]}', "broken at line 2, column 16"),
        (BEGIN + b'{"a":1},\n{"a', "breaks off at line 2, column 4"),
        (BEGIN + b'\n{"a":1}], "b":}', "broken at line 2, column 15"),
        (BEGIN + b'\n{"a":1}]', "breaks off at line 2, column 9"),
    ],
)
def test_where_a_text_is_broken_is_told(text: bytes, where: str) -> None:
    with pytest.raises(BadFile, match=where):
        list(READ(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BEGIN + b'{"a":[' + b"{}," * (2 << 20), "Feature 1 has more than 4 MB"),
        (BEGIN + b'{},{"a" "b":[' + b"{}," * (2 << 20), "broken at line 1, column 49"),
        (b'{"features":[],"a":[' + b"{}," * (2 << 20), "around the features has more than 4 MB"),
    ],
)
def test_what_is_too_long_is_refused_before_it_is_parsed(text: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        list(READ(io.BytesIO(text)))


def test_a_line_that_does_not_end_is_refused() -> None:
    text = b'{"type":"Feature","properties":{"a":"' + b"x" * (LONGEST_FEATURE + 2**20)
    with pytest.raises(BadFile, match="Line 1 has more than 4 MB"):
        list(find_format("geojsonl").read(io.BytesIO(text)))


@pytest.mark.parametrize("name", ["geojson", "geojsonl"])
def test_a_file_takes_no_more_memory_the_longer_it_is(name: str) -> None:
    feature = b'{"type":"Feature","properties":{"a":[' + b"{}," * 1_000 + b"{}]}}"

    def peak(count: int) -> int:
        parts = [feature] * count
        text = BEGIN + b",".join(parts) + b"]}" if name == "geojson" else b"\n".join(parts)
        file = io.BytesIO(text)
        tracemalloc.start()
        assert sum(1 for _ in find_format(name).read(file)) == count
        taken = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return taken

    assert peak(4_000) < 2 * peak(1_000)
