"""The command: what it does, what it says, and how it ends."""

import json
import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas
import pytest
from openpyxl import Workbook

from geo.formats import FORMATS, Format
from registry import queries
from registry.collections import DEPOSITS, PROJECTS
from registry.database.store import open_store
from registry.filters import Filter
from web.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def qadam(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Run the command on a data folder of this test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QADAM_DATABASE_URL", raising=False)

    def run(*words: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["qadam", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


def point(name: str, lon: float = 69.24, **values: object) -> dict[str, object]:
    """A project as a file has it."""
    properties = {"name": name, "sector": "wind", "status": "idea"} | values
    place = {"type": "Point", "coordinates": [lon, 41.3]}
    return {"type": "Feature", "geometry": place, "properties": properties}


def write(path: Path, *features: dict[str, object]) -> Path:
    """A GeoJSON file."""
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    return path


def test_init_makes_the_registry_with_its_facts_and_again_changes_nothing(
    qadam: Run, tmp_path: Path
) -> None:
    first = qadam("init")
    assert first.code == 0
    assert "projects: " in first.err
    assert qadam("init") == Done(0, "", "")
    store = open_store(tmp_path / "var", None)
    with store.reading() as session:
        assert queries.count(session, PROJECTS, Filter("projects"), public_only=True) >= 70
        assert queries.count(session, DEPOSITS, Filter("deposits"), public_only=True) >= 400
    store.close()


def test_init_empty_stays_empty(qadam: Run) -> None:
    qadam("init", "--empty", "--data", "d")
    assert qadam("init", "--data", "d").err == ""
    assert qadam("export", "all.geojson", "--data", "d").code == 0
    assert json.loads(Path("all.geojson").read_text())["features"] == []


def test_new_seeds_leave_what_somebody_revised(qadam: Run, tmp_path: Path) -> None:
    qadam("init", "--data", "d")
    qadam("export", "one.geojson", "--data", "d", "--limit", "1")
    document = json.loads(Path("one.geojson").read_text())
    document["features"][0]["properties"]["name"] = "Named by a planner"
    Path("one.geojson").write_text(json.dumps(document))
    assert "1 revised" in qadam("import", "one.geojson", "--data", "d", "--keep-ids").err
    assert "projects: 0 added, 0 corrected" in qadam("seed", "--update", "--data", "d").err
    qadam("export", "again.geojson", "--data", "d", "--limit", "1")
    assert "Named by a planner" in Path("again.geojson").read_text()


def test_import_and_export_are_a_round_trip(qadam: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.geojson", point("Парк", capacity_mw=500), point("風力", lon=69.3))
    assert "2 added" in qadam("import", "in.geojson", "--data", "d", "--keep-ids").err
    assert qadam("export", "out.geojsonl", "--data", "d").code == 0
    assert (
        "0 added, 0 revised, 2 unchanged"
        in qadam("import", "out.geojsonl", "--data", "d", "--keep-ids").err
    )


@pytest.mark.parametrize("words", [("export", "out.geojson"), ("import", "in.geojson")])
def test_what_a_command_does_not_need_is_not_loaded(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A server, maps, tables and GDAL would take a second more before the first record."""
    write(tmp_path / "in.geojson", point("Парк"))
    asked = "import sys; from web.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked, *words, "--data", "d"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    large = {"flask", "folium", "pandas", "geopandas", "pyogrio", "scipy", "psycopg", "rich"}
    assert "shapely" in loaded
    assert loaded & (large | {"pyarrow", "openpyxl", "granian", "argon2"}) == set()


def test_export_takes_the_filters_of_the_page(qadam: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.geojson", point("Big", capacity_mw=500), point("Small", capacity_mw=5))
    qadam("import", "in.geojson", "--data", "d")
    words = (
        "--country",
        "UZ",
        "--country",
        "KZ",
        "--min-capacity-mw",
        "400",
        "--sector",
        "wind,solar",
    )
    assert qadam("export", "out.geojson", "--data", "d", *words).code == 0
    assert list(geopandas.read_file("out.geojson")["name"]) == ["Big"]
    head = json.loads(Path("out.geojson").read_text())
    assert head["filter"]["country"] == ["KZ", "UZ"]
    assert head["numberMatched"] == head["numberReturned"] == 1


def test_export_takes_a_condition_under_both_its_names(qadam: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.geojson", point("Big", capacity_mw=500), point("Small", capacity_mw=5))
    qadam("import", "in.geojson", "--data", "d")
    as_json = '{"op":">","args":[{"property":"capacity_mw"},400]}'
    for words in (
        ("--cql", "capacity_mw > 400"),
        ("--filter", as_json, "--filter-lang", "cql2-json"),
    ):
        assert qadam("export", "out.geojson", "--data", "d", *words).code == 0
        assert list(geopandas.read_file("out.geojson")["name"]) == ["Big"]
        head = json.loads(Path("out.geojson").read_text())
        assert head["filter"] == {"filter": ["capacity_mw > 400"]}
    refused = qadam("export", "out.geojson", "--data", "d", "--cql", "capacity_mw >> 400")
    assert refused.code == 2
    assert "(at character 14)" in " ".join(refused.err.split())


def test_one_faulty_row_stores_nothing_and_is_reported(qadam: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.geojson", point("Good"), point("Bad", lon=12))
    done = qadam("import", "in.geojson", "--data", "d", "--report", "report.jsonl")
    assert done.code == 1
    assert "row 2, geometry:" in done.err
    assert "nothing was stored" in done.err
    assert [
        json.loads(line)["verdict"] for line in Path("report.jsonl").read_text().splitlines()
    ] == ["create", "refused"]
    qadam("export", "out.geojson", "--data", "d")
    assert json.loads(Path("out.geojson").read_text())["features"] == []


def test_a_report_that_cannot_be_written_is_said_before_anything_is_stored(
    qadam: Run, tmp_path: Path
) -> None:
    write(tmp_path / "in.geojson", point("Good"))
    done = qadam("import", "in.geojson", "--data", "d", "--report", "nowhere/report.jsonl")
    assert (done.code, "nowhere/report.jsonl cannot be written" in done.err) == (1, True)
    qadam("export", "out.geojsonl", "--data", "d")
    assert Path("out.geojsonl").read_text() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_report_that_does_not_fit_is_said_after_what_was_stored(
    qadam: Run, tmp_path: Path
) -> None:
    write(tmp_path / "in.geojson", point("Good"))
    done = qadam("import", "in.geojson", "--data", "d", "--report", "/dev/full")
    assert done.code == 1
    assert "1 added" in done.err
    assert "No space left" in done.err


def test_of_many_warnings_the_first_twenty_are_said(qadam: Run, tmp_path: Path) -> None:
    rows = [point(f"Row {place}", colour="red", lon=60 + place / 10) for place in range(30)]
    write(tmp_path / "in.geojson", *rows)
    said = qadam("import", "in.geojson", "--data", "d").err
    assert sum(line.startswith("row ") for line in said.splitlines()) == 20
    assert "more warnings" in said


def test_what_is_exported_of_nothing_can_be_imported(qadam: Run) -> None:
    qadam("init", "--empty", "--data", "d")
    qadam("export", "none.geojsonl", "--data", "d")
    assert "0 added" in qadam("import", "none.geojsonl", "--data", "d").err


def test_a_database_that_another_program_writes_to_is_said(
    qadam: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.cli.options.open_store", partial(open_store, busy_ms=50))
    qadam("init", "--empty", "--data", "d")
    write(tmp_path / "in.geojson", point("Good"))
    with closing(sqlite3.connect(tmp_path / "d" / "registry.gpkg")) as other:
        other.execute("BEGIN IMMEDIATE")
        done = qadam("import", "in.geojson", "--data", "d")
    assert (done.code, "Others are writing" in done.err) == (1, True)
    assert "Traceback" not in done.err


def test_an_exported_file_has_the_rights_of_any_new_file(qadam: Run, tmp_path: Path) -> None:
    qadam("init", "--empty", "--data", "d")
    (tmp_path / "plain").touch()
    qadam("export", "out.geojson", "--data", "d")
    assert (tmp_path / "out.geojson").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "out.geojson").chmod(0o640)
    (tmp_path / "link.geojson").symlink_to("out.geojson")
    qadam("export", "link.geojson", "--data", "d", "--sortby", "name", "--limit", "5")
    assert (tmp_path / "link.geojson").is_symlink()
    assert stat.S_IMODE((tmp_path / "out.geojson").stat().st_mode) == 0o640
    head = json.loads((tmp_path / "out.geojson").read_text())
    assert head["page"] == {"sortby": "name", "limit": "5"}


def test_a_dry_run_checks_everything_and_stores_nothing(qadam: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.geojson", point("Good"))
    assert "nothing was stored" in qadam("import", "in.geojson", "--data", "d", "--dry-run").err
    qadam("export", "out.geojson", "--data", "d")
    assert json.loads(Path("out.geojson").read_text())["features"] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.geojson", '{"type": "FeatureCollection", "features": [{"type": "Fea'),
        ("not.geojson", "name;sector\nA;wind"),
        ("other.geojson", '{"name": "a report"}'),
        ("empty.geojson", ""),
        ("picture.geojson", "\x89PNG\r\n"),
    ],
)
def test_a_file_that_is_no_geojson_gets_a_sentence(
    qadam: Run, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="latin-1")
    done = qadam("import", name, "--data", "d")
    assert done.code == 1
    assert done.err.startswith("qadam: ")
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("export", "out.geojson", "--sector", "gas"),
        ("export", "out.geojson", "--colour", "red"),
        ("export", "out.geojson", "--partner", "Nobody"),
        ("export", "out.geojson", "--limit", "9" * 5000),
        ("export", "out.geojson", "--collection", "deposits", "--sector", "solar"),
        ("serve", "--port", "99999"),
        ("dance",),
        ("import", "missing.geojson"),
    ],
)
def test_wrong_usage_ends_with_two(qadam: Run, words: tuple[str, ...]) -> None:
    assert qadam(*words).code == 2


def test_a_reason_is_bounded(qadam: Run, tmp_path: Path) -> None:
    write(tmp_path / "in.geojson", point("Good"))
    done = qadam("import", "in.geojson", "--data", "d", "--reason", "x" * 501)
    assert (done.code, "at most 500 fit" in done.err) == (2, True)


def test_an_unknown_ending_is_said(qadam: Run) -> None:
    done = qadam("export", "out.doc", "--data", "d")
    assert done.code == 1
    assert "geojson" in done.err


def test_a_folder_that_is_a_file_is_said(qadam: Run, tmp_path: Path) -> None:
    (tmp_path / "d").write_text("")
    done = qadam("init", "--data", "d")
    assert (done.code, "cannot be written" in done.err) == (1, True)


def test_pairs_are_exported_and_their_import_is_refused(qadam: Run, tmp_path: Path) -> None:
    qadam("init")
    words = ("--collection", "cross_references")
    assert qadam("export", "pairs.geojsonl", *words, "--sector", "nuclear").code == 0
    pairs = [json.loads(line) for line in (tmp_path / "pairs.geojsonl").read_text().splitlines()]
    assert pairs
    assert all(set(pair["id"]) & {"~"} for pair in pairs)
    for name in ("cross_references", "countries"):
        done = qadam("import", "pairs.geojsonl", "--collection", name)
        assert done.code == 2
        assert "'projects', 'deposits', 'corridors', 'agreements'" in done.err


def test_pairs_are_counted_while_somebody_writes(qadam: Run, tmp_path: Path) -> None:
    qadam("init", "--data", "d")
    store = open_store(tmp_path / "d", None)
    with store.writing():
        done = qadam("crossref", "--data", "d")
    store.close()
    assert (done.code, "pairs within 50 km" in done.err) == (0, True)


def test_a_drift_of_pairs_is_mended_by_a_rebuild(qadam: Run) -> None:
    qadam("init", "--data", "d")
    assert qadam("crossref", "--data", "d").err == qadam("crossref", "--rebuild", "--data", "d").err


def test_a_port_in_use_is_said_with_another(qadam: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = qadam("serve", "--port", str(port), "--no-open", "--data", "d")
    assert done.code == 1
    assert f"Port {port} is in use" in done.err
    assert f"--port {port + 1}" in done.err


THEIRS = "Проект;Технология;Стадия;Мощность (МВт);lon;lat\nПарк;wind;idea;1500,5;69,24;41,3\n"


def test_columns_that_are_not_ours_are_guessed_aloud_and_mapped_by_hand(
    qadam: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(THEIRS, encoding="utf-8")
    done = qadam("import", "a.csv")
    assert done.code == 1
    said = re.findall(r'perhaps (--map) "([^"]+)"', done.err)
    assert [pair for _, pair in said] == [
        "Проект=name",
        "Технология=sector",
        "Стадия=status",
        "Мощность (МВт)=capacity_mw",
    ]
    done = qadam("import", "a.csv", *(word for pair in said for word in pair))
    assert done == Done(0, "", "1 added, 0 revised, 0 unchanged\n")
    qadam("export", "out.geojson")
    (project,) = json.loads((tmp_path / "out.geojson").read_bytes())["features"]
    assert (project["properties"]["name"], project["properties"]["capacity_mw"]) == ("Парк", 1500.5)


def test_a_table_below_titles_is_read_in_the_units_of_its_headings(
    qadam: Run, tmp_path: Path
) -> None:
    rows = (
        "Проекты;;;;\n;;;;\nПроект;Технология;Стадия;Мощность, кВт;Страна\nПарк;ВЭС;идея;1500;KZ\n"
    )
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    qadam("init", "--empty")
    pairs = ("Проект=name", "Технология=sector", "Стадия=status", "Страна=countries")
    maps = [word for pair in pairs for word in ("--map", pair)]
    hinted = qadam("import", "a.csv", "--dry-run", *maps)
    assert "row 3 names the columns" in hinted.err
    assert 'perhaps --map "Мощность, кВт=capacity_mw kW"' in hinted.err
    for pair in ("Мощность, кВт=capacity_mw kW", "Мощность, кВт=capacity_mw"):
        done = qadam("import", "a.csv", *maps, "--map", pair)
        assert done.code == 0, done.err
        assert ("is read in kW" in done.err) == pair.endswith("_mw")
    qadam("export", "out.geojson")
    said = [f["properties"] for f in json.loads((tmp_path / "out.geojson").read_text())["features"]]
    assert [(one["sector"], one["capacity_mw"]) for one in said] == [("wind", 1.5)] * 2


def test_the_sheet_that_is_read_and_those_that_are_not_are_said(qadam: Run, tmp_path: Path) -> None:
    book = Workbook()
    for title in ("Plans", "Old"):
        sheet = book.create_sheet(title)
        sheet.append(["name", "sector", "status", "countries", "capacity_mw"])
        sheet.append([f"Park {title}", "wind", "idea", "KZ", 100])
    book.save(tmp_path / "a.xlsx")
    qadam("init", "--empty")
    done = qadam("import", "a.xlsx", "--dry-run")
    assert "sheet “Plans” is read, not “Sheet”, “Old”; --sheet chooses another" in done.err
    assert qadam("import", "a.xlsx", "--sheet", "Old").code == 0
    qadam("export", "out.csv")
    assert "Park Old" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert "no sheet 'New'" in qadam("import", "a.xlsx", "--sheet", "New").err


@pytest.mark.parametrize(
    ("pair", "words"),
    [("name", "--map takes"), ("X=name", "no column “X”"), ("Проект=colour", "no property")],
)
def test_a_mapping_that_cannot_be_is_wrong_usage(
    qadam: Run, tmp_path: Path, pair: str, words: str
) -> None:
    (tmp_path / "a.csv").write_text(THEIRS, encoding="utf-8")
    done = qadam("import", "a.csv", "--map", pair)
    assert (done.code, words in done.err) == (2, True)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_goes_out_and_in_by_its_ending(
    qadam: Run, tmp_path: Path, form: Format
) -> None:
    qadam("import", write(tmp_path / "a.geojson", point("Парк"), point("Park")))
    assert qadam("export", f"out.{form.extension}").code == 0
    done = qadam("import", f"out.{form.extension}", "--keep-ids")
    assert done == Done(0, "", "0 added, 0 revised, 2 unchanged\n")
