"""How CQL2 is read, and what is refused, with its place."""

import re
import time
import tracemalloc

import pytest
import shapely

from registry.collections import PROJECTS
from registry.cql2.compiler import compiled
from registry.cql2.printer import print_text
from registry.cql2.reader import read
from registry.cql2.shape import read_json
from registry.cql2.tree import DEEPEST, LONGEST, MOST_TERMS, BadExpression
from registry.errors import BadFilter
from registry.filters import Filter


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a=1 and b=2 OR not c=3", "a = 1 AND b = 2 OR NOT c = 3"),
        ("a=1 AND (b=2 AND c=3)", "a = 1 AND b = 2 AND c = 3"),
        ("a=1 AND (b=2 OR c=3)", "a = 1 AND (b = 2 OR c = 3)"),
        ("NOT (a=1 AND b=2)", "NOT (a = 1 AND b = 2)"),
        ("not a is null", "a IS NOT NULL"),
        ("not (a like 'x%')", "a NOT LIKE 'x%'"),
        (
            "a between 1 and 2 and b not between 3 and 4",
            "a BETWEEN 1 AND 2 AND b NOT BETWEEN 3 AND 4",
        ),
        ("a in(1,'x',b,c+1)", "a IN (1, 'x', b, c + 1)"),
        ("a = 1-(2-3)-4*(5+6)/7", "a = 1 - (2 - 3) - 4 * (5 + 6) / 7"),
        ("a = -2^2 and b = -(c) and d = - -3", "a = (-2) ^ 2 AND b = (-1) * c AND d = 3"),
        ("a = (2^3)^4 and b = 7 DIV 2 % 3", "a = (2 ^ 3) ^ 4 AND b = 7 div 2 % 3"),
        (
            "a = 1e3 and b = .5 and c = 2. and d = 1e-7",
            "a = 1000 AND b = 0.5 AND c = 2 AND d = 1e-07",
        ),
        ('"na me" = "and" and "a""b" = "point"', '"na me" = "and" AND "a""b" = "point"'),
        ("date = 'x' and имя = 'y'", "\"date\" = 'x' AND имя = 'y'"),
        ("a = 'it''s'", "a = 'it''s'"),
        ("(a > 1) = true", "(a > 1) = TRUE"),
        ("CaseI(accenti(a)) = CASEI('x')", "CASEI(ACCENTI(a)) = CASEI('x')"),
        ("s_intersects(g, point(1 -2.5))", "S_INTERSECTS(g, POINT(1 -2.5))"),
        ("S_WITHIN(g, POINT Z (1 2 3))", "S_WITHIN(g, POINT(1 2 3))"),
        ("S_WITHIN(g, MULTIPOINT(1 2, (3 4)))", "S_WITHIN(g, MULTIPOINT(1 2, 3 4))"),
        (
            "S_WITHIN(g,MULTIPOLYGON(((0 0,1 0,1 1,0 0))))",
            "S_WITHIN(g, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0))))",
        ),
        (
            "S_TOUCHES(g,GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4)))",
            "S_TOUCHES(g, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4)))",
        ),
        ("S_INTERSECTS(g, BBOX(1,2,3,4))", "S_INTERSECTS(g, BBOX(1, 2, 3, 4))"),
        ("T_AFTER(d, date('2020-01-01'))", "T_AFTER(d, DATE('2020-01-01'))"),
        (
            "t_finishedby(interval(a,'..'), INTERVAL('..','2020-01-01'))",
            "T_FINISHEDBY(INTERVAL(a, '..'), INTERVAL('..', '2020-01-01'))",
        ),
        (
            "a_containedBy(a, ('x')) and A_EQUALS((), b)",
            "A_CONTAINEDBY(a, ('x')) AND A_EQUALS((), b)",
        ),
    ],
)
def test_a_condition_is_printed_in_one_spelling(text: str, printed: str) -> None:
    assert print_text(read(text)) == printed
    assert read(printed) == read(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing more where .* wanted .at character 1."),
        ("a", "a filter is a condition|no property"),
        ("a = ", "nothing more .*at character 5"),
        ("a = 'x", "no closing quote.*at character 5"),
        ('a = "x', "no closing quote.*at character 5"),
        ("a != 1", "written <>.*at character 3"),
        ("a == 1", "“=” where .*at character 4"),
        ("a = 1 b", "“b” where the end.*at character 7"),
        ("a = 1 AND", "nothing more"),
        ("a = 1 = 2", "two sides"),
        ("a = 2 ^ 3 ^ 4", "bracket around one"),
        ("(a = 1", "“\\)” is wanted"),
        ("a IS 1", "NULL is wanted"),
        ("a IN (1, 2", "“\\)” is wanted"),
        ("a IN ()", "one or more values"),
        ("a IN [1]", "round brackets"),
        ("a BETWEEN 1 OR 2", "AND is wanted"),
        ("a = AND", "“AND” where"),
        ("a = 1; DROP TABLE project", "“;” means nothing here"),
        ("sleep(10)", "no function “sleep”; there are CASEI"),
        ("CASEI(a, b) = 'x'", "takes 1 arguments; it is given 2"),
        ("S_INTERSECTS(g)", "takes 2 arguments"),
        ("S_INTERSECTS(g, POINT(1))", "a number is wanted"),
        ("S_INTERSECTS(g, POINT EMPTY)", "empty geometries"),
        ("S_INTERSECTS(g, POLYGON((0 0, 1 1), 5))", "is wanted"),
        ("S_INTERSECTS(g, CIRCULARSTRING(0 0, 1 1))", "no function “CIRCULARSTRING”|is wanted"),
        ("S_INTERSECTS(g, BBOX(1, 2, 3))", "four or six numbers"),
        ("a = 1e999", "too large"),
        ("a = 'x\x00'", "character that is none"),
        ("a = '\ud800'", "character that is none"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadExpression, match=words):
        compiled(read(text), "projects")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 'red'", "no property “colour”; there are id, ref, name, sector"),
        ("capacity_mw = 'many'", "capacity_mw is a number and “many” a text; compare like"),
        ("name > 5", "name is a text and 5 a number"),
        ("name = TRUE", "name is a text and TRUE true or false"),
        ("name IN ('a', 1)", "compare like with like"),
        ("name LIKE 5", "a pattern in quotes"),
        ("name LIKE summary", "a pattern in quotes"),
        ("name LIKE 'x\\'", "ends with a single"),
        ("capacity_mw LIKE '5%'", "LIKE compares texts"),
        ("CASEI(capacity_mw) = 'x'", "CASEI takes a text"),
        ("name + 1 = 2", "\\+ takes numbers; name is a text"),
        ("capacity_mw ^ start_year > 1", "exponent of \\^ is a number"),
        ("(capacity_mw - 5) ^ 0.5 > 1", "below zero"),
        ("capacity_mw % 2 = 1", "whole numbers"),
        ("capacity_mw ^ 30 > 1", "too large or too small"),
        ("cost_usd ^ 30 > 1", "too large or too small"),
        ("1e300 * 1e300 > 1", "too large or too small"),
        ("1e-200 * 1e-200 > 1", "too large or too small"),
        (" OR ".join(["S_INTERSECTS(geometry, POINT(1 1))"] * 21), "asks too much at once"),
        (" OR ".join(["CASEI(name) LIKE '%x%'"] * 41), "asks too much at once"),
        (" OR ".join(["A_CONTAINS(countries, ('UZ'))"] * 41), "asks too much at once"),
        (" OR ".join(["reduction_computed_tco2e_per_year > 1"] * 41), "asks too much at once"),
        ("offshore", "write offshore = TRUE"),
        ("name", "a filter is a condition"),
        ("5", "a filter is a condition"),
        ("NOT 'x'", "a filter is a condition"),
        ("countries = 'UZ'", "countries is a list; ask A_CONTAINS"),
        ("geometry = 'x'", "asked with S_INTERSECTS"),
        ("S_INTERSECTS(name, POINT(1 1))", "name is a text, no place"),
        ("S_INTERSECTS(geometry, 5)", "a place is the property geometry"),
        ("S_INTERSECTS(geometry, POINT(200 41))", "Longitude 200 is past 180"),
        ("S_INTERSECTS(geometry, POINT(41 200))", "Latitude 200 is past 90"),
        ("S_INTERSECTS(geometry, BBOX(0, 5, 1, 4))", "south .* above north"),
        ("S_INTERSECTS(geometry, BBOX(0, 5, 1, 400))", "between -90 and 90"),
        ("S_INTERSECTS(geometry, LINESTRING(1 1))", "two positions"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1)))", "not closed"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "crosses itself"),
        ("S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 1)))", "no GEOMETRYCOLLECTION"),
        ("status_date = DATE('2024-02-30')", "a day as '2026-11-24'; got “2024-02-30”"),
        ("status_date = DATE('0001-01-01')", "a day"),
        ("status_date = DATE('2024')", "a day"),
        ("status_date = DATE('2024-W01-1')", "a day"),
        ("status_date = '2024-01-01'", "is a day and .* a text"),
        ("status_date > TIMESTAMP('2024-01-01T00:00:00Z')", "status_date is a day"),
        ("updated_at > TIMESTAMP('2024-01-01')", "a moment as"),
        ("updated_at > TIMESTAMP('2024-01-01T25:00:00Z')", "a moment as"),
        ("updated_at > TIMESTAMP('9999-12-31T23:59:59-12:00')", "a moment as"),
        ("T_AFTER(name, DATE('2024-01-01'))", "name is a text, no time"),
        ("T_AFTER(status_date, 'x')", "a time is a property"),
        ("T_DURING(status_date, INTERVAL('2024-01-01', '..'))", "takes two intervals"),
        ("T_AFTER(status_date, INTERVAL('2024-02-01', '2024-01-01'))", "begins .* after it ends"),
        ("T_AFTER(INTERVAL(status_date, updated_at), DATE('2024-01-01'))", "status_date is a day"),
        ("INTERVAL('2024-01-01', '..') = status_date", "not compared"),
        ("A_CONTAINS(name, ('x'))", "name is a text, no list"),
        ("A_CONTAINS(countries, 'x')", "a list is a property"),
        ("A_CONTAINS(countries, (1))", "two lists of one kind"),
        ("A_CONTAINS(countries, ('x', 1))", "texts or numbers, not both"),
        ("A_CONTAINS(countries, (TRUE))", "neither"),
        ("name = ('x', 'y')", "is wanted"),
    ],
)
def test_what_no_row_can_answer_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(BadFilter, match=words):
        Filter.parse({"filter": [text]}, PROJECTS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1"),
        ("{", "line 1, column"),
        ("[]", "where a condition"),
        ("null", "nothing where a condition"),
        ("{}", "no operator nothing"),
        ('{"op":"drop","args":[]}', "no operator “drop”; there are and, or"),
        ('{"op":["="],"args":[]}', "no operator"),
        ('{"op":"=","args":{"a":1}}', "takes a list called args"),
        ('{"op":"=","args":[1]}', "takes 2 arguments; it is given 1"),
        ('{"op":"and","args":[true]}', "two or more"),
        ('{"op":"in","args":[{"property":"name"},"x"]}', "list of one or more"),
        ('{"op":"=","args":[{"property":5},1]}', "where a text is wanted"),
        ('{"op":"=","args":[{"property":"name"},null]}', "nothing where a condition"),
        ('{"op":"=","args":[{"property":"name"},"\\u0000"]}', "character that is none"),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Circle"}]}',
            "no geometry “Circle”",
        ),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[[1]]}]}',
            "list of numbers",
        ),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[1]}]}',
            "a longitude and a latitude",
        ),
        (
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"GeometryCollection"}]}',
            "list called geometries|no GEOMETRYCOLLECTION",
        ),
        ('{"op":"t_after","args":[{"date":5},{"interval":["x"]}]}', "a text is wanted"),
        ('{"op":"t_after","args":[{"date":"x"},{"interval":["x"]}]}', "a start and an end"),
    ],
)
def test_json_that_is_no_condition_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadExpression, match=words):
        compiled(read_json(text), "projects")


HOSTILE = {
    "brackets": "(" * 2000 + "a=1" + ")" * 2000,
    "open brackets": "(" * 24,
    "a million letters": "a" * 1_000_000,
    "a million brackets": "(" * 1_000_000,
    "NOT": "NOT " * 4000 + "a=1",
    "minus": "a = " + "-" * 10_000 + "1",
    "plus": "a = 1" + "+1" * 4000,
    "powers": "a = 1" + "^1" * 4000,
    "AND": "a=1" + " AND a=1" * 2000,
    "a sum of products": "a = " + "+".join(["1*1"] * 150),
    "quotes": "a = " + "'" * 9999,
    "values": f"a IN ({','.join('1' * 9000)})",
    "collections": "S_WITHIN(geometry, " + "GEOMETRYCOLLECTION(" * 1000,
    "functions": "CASEI(" * 3000,
    "JSON arrays": "[" * 9000,
    "JSON nots": '{"op":"not","args":[' * 900 + "true" + "]}" * 900,
    "JSON geometries": '{"type":"GeometryCollection","geometries":[' * 400 + "]}" * 400,
    "JSON terms": '{"op":"or","args":[' + ",".join(["true"] * 3000) + "]}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_conditions_are_refused_at_once_and_cost_nothing(text: str) -> None:
    tracemalloc.start()
    started = time.process_time()
    for language in ("cql2-text", "cql2-json"):
        with pytest.raises(BadFilter, match="filter: "):
            Filter.parse({"filter": [text], "filter-lang": [language]}, PROJECTS)
    spent, most = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert spent < 2  # a tenth of a second with the tracing; a guard against what grows
    assert most < 20_000_000


def test_the_limits_themselves_are_within_them() -> None:
    terms = " OR ".join(["capacity_mw = 1"] * MOST_TERMS)
    deep = "(" * (DEEPEST - 1) + "name = 'x'" + ")" * (DEEPEST - 1)
    for text in (terms, deep, "NOT " * (DEEPEST - 2) + "name = 'x'"):
        asked = Filter.parse({"filter": [text]}, PROJECTS)
        assert Filter.parse(_again(asked), PROJECTS) == asked
    assert len(terms) < LONGEST


AS_JSON = (
    '{"op":"and","args":[{"op":"=","args":[{"property":"sector"},"wind"]},'
    '{"op":">","args":[{"property":"capacity_mw"},1]},true]}'
)


def test_equal_conditions_are_equal_questions_in_both_languages() -> None:
    spellings = [
        {"filter": ["sector='wind' and (capacity_mw>1 and TRUE)"]},
        {
            "filter": ["((sector = 'wind')) AND capacity_mw > 1.0 AND true"],
            "filter-lang": ["cql2-text"],
        },
        {
            "filter": [AS_JSON],
            "filter-lang": ["cql2-json"],
            "filter-crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        },
    ]
    asked = {Filter.parse(args, PROJECTS) for args in spellings}
    assert len(asked) == 1
    assert _again(asked.pop()) == {"filter": ["sector = 'wind' AND capacity_mw > 1 AND TRUE"]}


def test_what_comes_beside_a_condition_is_checked() -> None:
    for args, words in (
        ({"filter": ["TRUE"], "filter-lang": ["sql"]}, "takes cql2-text or cql2-json; got “sql”"),
        ({"filter": ["TRUE"], "filter-crs": ["EPSG:2154"]}, "no reference system of the registry"),
        ({"filter": ["TRUE", "FALSE"]}, "takes one value"),
    ):
        with pytest.raises(BadFilter, match=words):
            Filter.parse(args, PROJECTS)
    assert Filter.parse({"filter": [" "], "filter-lang": ["cql2-text"]}, PROJECTS).asked == ()


def _again(asked: Filter) -> dict[str, list[str]]:
    return {name: [text] for name, text in asked.to_args()}


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("EPSG:4326", "POINT(41.3 69.24)"),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", "POINT(41.3 69.24)"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "POINT(69.24 41.3)"),
        ("EPSG:32642", "POINT(520092.578 4572088.552)"),
    ],
)
def test_places_of_another_system_are_read_in_its_own_order(system: str, place: str) -> None:
    asked = Filter.parse(
        {"filter": [f"NOT S_INTERSECTS(geometry, {place})"], "filter-crs": [system]}, PROJECTS
    )
    numbers = re.findall(r"[\d.]+", _again(asked)["filter"][0])
    assert [float(number) for number in numbers] == pytest.approx([69.24, 41.3], abs=1e-6)


def test_a_box_of_another_system_is_read_too() -> None:
    def printed(system: str, box: str) -> str:
        args = {"filter": [f"S_INTERSECTS(geometry, {box})"], "filter-crs": [system]}
        return _again(Filter.parse(args, PROJECTS))["filter"][0]

    assert "BBOX(69, 41, 70, 42)" in printed("EPSG:4326", "BBOX(41, 69, 42, 70)")
    outline = printed("EPSG:3857", "BBOX(7700000, 5000000, 7800000, 5100000)")
    shape = shapely.from_wkt(outline.removeprefix("S_INTERSECTS(geometry, ").removesuffix(")"))
    assert shape.bounds == pytest.approx((69.17028, 40.91627, 70.06859, 41.59161), abs=1e-4)
