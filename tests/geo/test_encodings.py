"""Tables of text as offices write them: the encoding is found, and what is none gets a sentence."""

import io

import pytest
import shapely

from geo.errors import BadFile
from geo.formats import Asked, csv_file, find_format
from geo.formats.base import RawFeature
from geo.formats.encodings import encoding_of

# What Excel in Russian saves as “CSV (разделители - запятые)”: Windows-1251, semicolons, decimal
# commas, a blank that does not break between thousands.
EXCEL = (
    "Проект;Сектор;Мощность, МВт;Стоимость;Долгота;Широта\r\n"
    "Парк «Зарафшан» № 2;ветер;12,5;1\xa0234,5;64,42;39,77\r\n"
    "Ёлочный завод;солнце;1,234;—;69,24;41,300\r\n"
)
LANGUAGES = {
    "Windows-1251": "cp1251",
    "UTF-8": "utf-8",
    "UTF-8 with a mark": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16 the other way": "utf-16-be",
    "UTF-32": "utf-32",
}


def read(data: bytes) -> list[RawFeature]:
    """The rows of a CSV file."""
    return list(find_format("csv").read(io.BytesIO(data)))


@pytest.mark.parametrize(("said", "codec"), LANGUAGES.items(), ids=LANGUAGES)
def test_a_table_of_a_russian_office_is_read_as_it_was_meant(said: str, codec: str) -> None:
    data = EXCEL.encode(codec)
    data = b"\xfe\xff" + data if codec == "utf-16-be" else data
    first, second = read(data)
    assert first.properties == {
        "Проект": "Парк «Зарафшан» № 2",
        "Сектор": "ветер",
        "Мощность, МВт": "12,5",
        "Стоимость": "1\xa0234,5",
    }
    assert first.geometry == shapely.Point(64.42, 39.77)
    assert second.properties["Мощность, МВт"] == "1.234", "no thousand: the comma is decimal here"
    assert second.geometry == shapely.Point(69.24, 41.3)
    outline = csv_file.outline(io.BytesIO(data), Asked())
    assert outline.written == f"{said.split(' ', maxsplit=1)[0]}, columns parted by semicolons"


def test_the_bytes_of_such_an_office_say_what_they_say() -> None:
    (row,) = read(b"\xc8\xec\xff;\xcc\xc2\xf2\r\n\xcf\xe0\xf0\xea \xb9 1;0,5\r\n")
    assert row.properties == {"Имя": "Парк № 1", "МВт": "0,5"}


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Парк ветра;Зарафшан\nДолина;Навои\n", "cp866"),
        ("Парк ветра;Зарафшан\nДолина;Навои\n", "koi8-r"),
        ("Société générale;Réseau\nÉnergie;privée\n", "latin-1"),
        ("風力発電;ザラフシャン\n太陽光;ナボイ\n", "shift_jis"),
        ("風力発電;ザラフシャン\n太陽光;ナボイ\n", "euc_jp"),
        ("风力发电场;扎拉夫尚\n太阳能;纳沃伊\n", "gbk"),
    ],
)
def test_text_in_another_encoding_is_not_taken_for_russian(text: str, codec: str) -> None:
    with pytest.raises(BadFile, match="neither UTF-8, UTF-16 nor Windows-1251"):
        read(text.encode(codec))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (("name\n" + "Парк Зарафшан\n" * 20).encode() + b"\xff\n", "neither UTF-8"),
        ("name\nPark\n".encode("utf-16-le"), "zero bytes"),
        (b"name\nA\0B\n", "zero bytes"),
        (b"\xff\xfename\n", "neither UTF-8"),
        (b"\xff\xfe\x00\x00name", "neither UTF-8"),
        (b"name\n" + b"A" * 6_000_000, "line 2 has more than 5,000,000 characters"),
        (b"," * 6_000_000, "line 1 has more than 5,000,000 characters"),
        (b'name\n"A' + b"\nB" * 3_000_000, "quote is left open"),
        (b"name\n" + b'"\n",' * 2_000_000, "more than 5,000,000 characters"),
        (b"name\nA\n" + b"\n" * 1_100_000, "More than 1,048,576 blank lines follow line 2"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else None,
)
def test_a_text_that_is_no_table_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(data)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("length", range(4_085, 4_100))
def test_rows_are_counted_right_wherever_the_part_that_is_judged_ends(
    end: str, length: int
) -> None:
    text = f"name,note{end}" + "x" * (length - 11 - len(end)) + f",{end}B,1{end}C,2{end}"
    assert [(row.row, row.properties["note"]) for row in read(text.encode())] == [
        (2, None),
        (3, "1"),
        (4, "2"),
    ]


def test_looking_at_a_file_leaves_it_where_it_stood() -> None:
    file = io.BytesIO(b"xx" + EXCEL.encode("cp1251"))
    file.seek(2)
    assert encoding_of(file) == "Windows-1251"
    assert file.tell() == 2
