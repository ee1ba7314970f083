"""A file in the browser: what it would do is shown, and only a yes stores it."""

import io
import os
import re
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import orjson
import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from geo.formats import FORMATS, Format
from registry.clock import now
from registry.collections import PROJECTS
from registry.database.engine import reading, writing
from registry.database.store import Store
from registry.decisions import decisions
from registry.errors import StoreError
from registry.exports import export
from registry.filters import Filter, Page
from registry.imports import checked
from registry.models import Project, Revision
from registry.uploads import Upload
from tests.factories import TASHKENT, csrf_of, make_project, sign_in
from web import upload as web_upload
from web.app import create_app
from web.config import Settings

HEADER = "name,sector,status,lon,lat\n"
GOOD = HEADER + "Wind park,wind,idea,69.24,41.3\nSolar park,solar,idea,64.42,39.77\n"
FAULTY = GOOD + "Nothing,sunny,idea,0,0\n"
THEIRS = (
    'Проект,Технология,Стадия,Мощность (МВт),lon,lat,Мусор\nПарк,wind,idea,"1 500,5",69.24,41.3,x\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where uploads wait."""
    return tmp_path / "data" / "uploads"


@pytest.fixture
def planner(embedded: Store, tmp_path: Path) -> FlaskClient:
    """A browser that is signed in, with small limits."""
    settings = Settings(data=tmp_path / "data", largest_upload_bytes=200_000, most_upload_rows=50)
    return sign_in(create_app(settings, embedded).test_client(), embedded)


def send(
    client: FlaskClient, text: str | bytes, name: str = "plans.csv", **said: str
) -> TestResponse:
    """Choose a file and press the button."""
    data = text.encode() if isinstance(text, str) else text
    form: dict[str, Any] = {"csrf": csrf_of(client), "collection": "projects"} | said
    return client.post(
        "/import",
        data=form | {"file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )


def upload(client: FlaskClient, text: str | bytes, name: str = "plans.csv", **said: str) -> str:
    """The address of the preview."""
    answer = send(client, text, name, **said)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def press(client: FlaskClient, address: str, act: str, **said: Any) -> TestResponse:
    """Press a button of the preview; what it showed goes with it."""
    if act == "store" and "seen" not in said:
        shown = re.search(r'name="seen" value="(\w*)"', client.get(address).text)
        said["seen"] = shown[1] if shown else ""
    return client.post(f"{address}/{act}", data={"csrf": csrf_of(client)} | said)


def stored(store: Store) -> list[str]:
    """The names of all projects."""
    with store.reading() as session:
        return list(session.scalars(select(Project.name).order_by(Project.name)))


def counts(page: str) -> list[int]:
    """The four figures: refused, changed, added, unchanged."""
    return [
        int(text) for text in re.findall(r"verdict-card[^>]*>.*?<strong>(\d+)</strong>", page, re.S)
    ]


def test_nothing_is_stored_until_one_says_so(
    planner: FlaskClient, embedded: Store, folder: Path
) -> None:
    address = upload(planner, GOOD)
    page = planner.get(address).text
    assert counts(page) == [0, 0, 2, 0]
    assert "Wind park" in page
    assert stored(embedded) == []
    answer = press(planner, address, "store", reason="From the ministry")
    assert answer.status_code == 303
    assert "2 added" in planner.get(answer.headers["Location"]).text
    assert stored(embedded) == ["Solar park", "Wind park"]
    with embedded.reading() as session:
        assert set(session.scalars(select(Revision.reason))) == {"From the ministry"}
    assert list(folder.iterdir()) == []
    assert planner.get(address).status_code == 404


def test_a_faulty_row_says_why_and_keeps_all_out(planner: FlaskClient, embedded: Store) -> None:
    address = upload(planner, FAULTY)
    page = planner.get(address).text
    assert counts(page) == [1, 0, 2, 0]
    assert "Sector takes solar, wind, hydro" in page
    assert "1 of 3 rows cannot be taken" in page
    assert f'action="{address}/store"' not in page
    assert press(planner, address, "store").headers["Location"] == f"{address}?changed=1"
    assert stored(embedded) == []


def test_one_verdict_can_be_looked_at_alone(planner: FlaskClient) -> None:
    address = upload(planner, FAULTY)
    page = planner.get(f"{address}?show=create").text
    assert "Wind park" in page
    assert ">Nothing<" not in page


def test_the_report_has_every_row_and_no_formula(planner: FlaskClient) -> None:
    address = upload(planner, HEADER + '"=HYPERLINK(1)",sunny,idea,0,0\n' + GOOD.split("\n", 1)[1])
    answer = planner.get(f"{address}/report.csv")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "row,ref,name,verdict,reasons,warnings"
    assert len(lines) == 4
    assert lines[1].startswith("2,,'=HYPERLINK(1),refused,\"Sector takes")


def test_columns_of_others_are_guessed_corrected_and_remembered(
    planner: FlaskClient, embedded: Store
) -> None:
    address = upload(planner, THEIRS)
    page = planner.get(address).text
    assert counts(page) == [0, 0, 1, 0]
    chosen = re.findall(r'<option value="(\w*)" selected>', page)
    assert chosen == ["name", "sector", "status", "capacity_mw"]
    theirs = re.findall(r'<label for="column-\d+">([^<]+)<', page)
    assert theirs == ["Проект", "Технология", "Стадия", "Мощность (МВт)", "Мусор"]
    ours = ["name", "sector", "status", "capacity_mw", "summary"]
    assert press(planner, address, "columns", ours=ours).status_code == 303
    again = planner.get(upload(planner, THEIRS)).text
    assert re.findall(r'<option value="(\w*)" selected>', again) == ours
    press(planner, upload(planner, THEIRS), "store")
    with embedded.reading() as session:
        project = session.scalars(select(Project)).one()
        assert (project.name, project.capacity_mw, project.summary) == ("Парк", 1500.5, "x")


COSTS = "name,sector,status,countries,Cost (mln),Power (MVA)\nPark,wind,idea,KZ,1.5,200\n"


def units(page: str) -> list[tuple[str, list[str]]]:
    """What is chosen as the unit of each column that has one, by its label."""
    found = re.findall(r'for="unit-\d+">Unit of ([^<]+)<.*?<select(.*?)</select>', page, re.S)
    return [(name, re.findall(r'selected value="([^"]*)"', options)) for name, options in found]


def test_a_unit_in_a_heading_is_read_said_and_can_be_changed(
    planner: FlaskClient, embedded: Store
) -> None:
    text = THEIRS.replace("Мощность (МВт)", '"Мощность, кВт"')
    address = upload(planner, text)
    page = planner.get(address).text
    assert units(page) == [("Мощность, кВт", ["kW"])]
    assert "÷ 1,000" in page
    ours = ["name", "sector", "status", "capacity_mw", ""]
    press(planner, address, "columns", ours=ours, unit=["?", "?", "?", "GW", "?"])
    page = planner.get(address).text
    assert units(page) == [("Мощность, кВт", ["GW"])]
    assert "× 1,000" in page
    assert units(planner.get(upload(planner, text)).text) == [("Мощность, кВт", ["GW"])]
    address = upload(planner, text)
    press(planner, address, "columns", ours=ours, unit=["?", "?", "?", "kW", "?"])
    press(planner, address, "store")
    with embedded.reading() as session:
        assert session.scalars(select(Project.capacity_mw)).all() == [1.5005]


def test_an_unknown_unit_is_asked_for_before_anything_is_stored(
    planner: FlaskClient, embedded: Store
) -> None:
    address = upload(planner, COSTS)
    page = planner.get(address).text
    assert "In which unit is <strong>Power (MVA)</strong>? “MVA” is none that is known" in page
    assert f'action="{address}/store"' not in page
    answer = press(planner, address, "store")
    assert answer.status_code == 422
    assert "Say in which unit “Power (MVA)” is" in answer.text
    ours = ["name", "sector", "status", "countries", "cost_usd", "capacity_mw"]
    refused = press(planner, address, "columns", ours=ours, unit=["?"] * 6)
    assert refused.status_code == 422
    assert "Say in which unit" in refused.text
    said = ["?", "?", "?", "?", "million USD", ""]
    assert press(planner, address, "columns", ours=ours, unit=said).status_code == 303
    press(planner, address, "store")
    with embedded.reading() as session:
        (project,) = session.scalars(select(Project))
        assert (project.cost_usd, project.capacity_mw) == (1_500_000, 200)


def workbook(**sheets: list[list[Any]]) -> bytes:
    """A workbook of these sheets."""
    book, made = Workbook(), io.BytesIO()
    for title, rows in sheets.items():
        for row in [book.create_sheet(title), *rows][1:]:
            book[title].append(row)
    book.remove(book.worksheets[0])
    book.save(made)
    return made.getvalue()


def test_a_table_below_its_title_is_read_and_the_sheet_can_be_chosen(
    planner: FlaskClient, embedded: Store
) -> None:
    header = ["Название", "Сектор", "Статус", "Долгота", "Широта"]
    data = workbook(
        Обложка=[["Министерство"]],
        План=[["Проекты"], [], header, ["Парк", "СЭС", "Идея", 64.42, 39.77]],
        Архив=[header, ["Старый парк", "ВЭС", "Действует", 69.24, 41.3]],
    )
    address = upload(planner, data, "a.xlsx")
    page = planner.get(address).text
    assert counts(page) == [0, 0, 1, 0]
    assert "row 3 names the columns" in page
    assert "2 more sheets are not read: Обложка, Архив" in page
    assert "Longitude of the place" in page
    assert "64.42" in page
    assert press(planner, address, "sheet", sheet="Архив").status_code == 303
    page = planner.get(address).text
    assert "Старый парк" in page
    assert "row 1 names the columns" in page
    assert "Старый парк" in planner.get(upload(planner, data, "b.xlsx")).text, "it is remembered"
    answer = press(planner, upload(planner, data, "c.xlsx"), "sheet", sheet="Нет")
    assert answer.status_code == 422
    assert "There is no sheet" in answer.text
    assert "Старый парк" in answer.text


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (["name", "name", "", "", ""], "cannot both be name"),
        (["name", "colour", "", "", ""], "no property of projects"),
    ],
)
def test_columns_that_cannot_mean_that_are_refused(
    planner: FlaskClient, ours: list[str], words: str
) -> None:
    address = upload(planner, THEIRS)
    answer = press(planner, address, "columns", ours=ours)
    assert answer.status_code == 422
    assert words in answer.text
    assert "open>" in answer.text.partition('class="column-map"')[2][:10]
    assert answer.text.count('value="name" selected') == ours.count("name"), "what was said stands"


def test_with_its_ids_a_file_changes_only_what_differs_and_shows_it(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, name="A", capacity_mw=100.0)
        make_project(session, "64.42 39.77", name="B")
    exported = planner.get("/export/projects.csv").data.decode("utf-8-sig")
    address = upload(planner, exported.replace(",100.0,", ",250.0,"), keep_ids="yes")
    page = planner.get(address).text
    assert counts(page) == [0, 1, 0, 1]
    assert re.search(r"Power:</span> <del>100</del>\s*250", page)
    press(planner, address, "store")
    with embedded.reading() as session:
        assert dict(session.execute(select(Project.name, Project.version)).all()) == {
            "A": 2,
            "B": 1,
        }


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_can_be_uploaded_and_comes_back_unchanged(
    planner: FlaskClient, embedded: Store, form: Format
) -> None:
    with embedded.writing() as session:
        make_project(session, name="Құмкөл 水力")
        body = b"".join(
            export(session, PROJECTS, Filter("projects"), Page(), form, public_only=False)
        )
    address = upload(planner, body, f"a.{form.extension}", keep_ids="yes")
    page = planner.get(address).text
    assert counts(page) == [0, 0, 0, 1]
    assert "Nothing differs" in page


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("plans.dwg", b"x", "of no known format"),
        ("plans.csv", b"", "is empty"),
        ("plans.csv", HEADER.encode(), "it has no rows"),
        ("plans.csv", (HEADER + "A,wind,idea,69,41\n" * 51).encode(), "more than 50 rows"),
        ("plans.geojson", b"<OGRVRTDataSource/>", "not GeoJSON but an XML file"),
        ("plans.gpkg", b'{"type":"gdal_streamed_alg"}', "holds something else"),
        ("plans.shp.zip", b"PK\x05\x06" + b"\0" * 18, "holds no .shp file"),
        ("plans.kml", b"<kml/>", "it has no rows"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence_and_is_not_kept(
    planner: FlaskClient, embedded: Store, folder: Path, name: str, data: bytes, words: str
) -> None:
    answer = send(planner, data, name)
    if answer.status_code == 303:
        answer = planner.get(answer.headers["Location"])
    assert answer.status_code == 422
    assert words in answer.text
    assert not folder.exists() or list(folder.iterdir()) == []
    assert stored(embedded) == []


def test_no_file_or_no_such_collection_gets_a_sentence(planner: FlaskClient) -> None:
    assert "Choose a file first" in send(planner, b"", "").text
    for collection in ("cross_references", "planets", ""):
        answer = send(planner, GOOD, collection=collection)
        assert (answer.status_code, "Say what the rows are" in answer.text) == (422, True)


def test_after_a_refused_file_the_form_says_what_it_said(planner: FlaskClient) -> None:
    wrong = send(planner, b"", "plan.dwg", collection="deposits", keep_ids="yes")
    unreadable = planner.get(
        send(planner, b"", "a.csv", collection="deposits", keep_ids="yes").location
    )
    for answer in (wrong, unreadable):
        assert answer.status_code == 422
        assert '<option value="deposits" selected>' in answer.text
        assert 'name="keep_ids" value="yes" checked' in answer.text


def test_a_file_over_the_limit_gets_a_page_that_says_so(planner: FlaskClient) -> None:
    answer = planner.post(
        "/import",
        data={"file": (io.BytesIO(b"x" * 300_000), "plans.csv")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413
    assert "larger than 0 MB" in answer.text
    assert "qadam import" in answer.text


def test_only_the_browser_that_sent_a_file_sees_it(
    planner: FlaskClient, embedded: Store, tmp_path: Path
) -> None:
    address = upload(planner, GOOD)
    app = create_app(Settings(data=tmp_path / "data"), embedded)
    other = sign_in(app.test_client(), embedded)
    assert other.get(address).status_code == 404
    assert other.get(f"{address}/report.csv").status_code == 404
    assert press(other, address, "store").status_code == 404
    assert press(other, address, "discard").status_code == 404
    assert planner.get(address).status_code == 200
    assert app.test_client().get(address).status_code == 303  # the public is asked to sign in


def test_writing_needs_a_role_and_the_form_its_token(planner: FlaskClient, embedded: Store) -> None:
    assert planner.post("/import", data={"csrf": "wrong"}).status_code == 400
    with writing(embedded.accounts) as session, session.begin():
        session.connection().exec_driver_sql("UPDATE user_account SET role = 'viewer'")
    assert planner.get("/import").status_code == 403
    assert "Import a file" not in planner.get("/").text


def test_a_file_is_forgotten_after_an_hour_with_what_nobody_knows(
    planner: FlaskClient, embedded: Store, folder: Path
) -> None:
    address = upload(planner, GOOD)
    (kept,) = folder.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    (folder / "stray").write_bytes(b"x")
    os.utime(folder / "stray", (1, 1))
    with writing(embedded.accounts) as session, session.begin():
        session.execute(update(Upload).values(expires_at=now(), session_hash="of another"))
    assert planner.get(address).status_code == 404
    upload(planner, FAULTY)
    (only,) = folder.iterdir()
    assert only.name not in {kept.name, "stray"}


def test_a_second_file_takes_the_place_of_the_first(planner: FlaskClient, folder: Path) -> None:
    first = upload(planner, GOOD)
    second = upload(planner, FAULTY)
    assert (planner.get(first).status_code, planner.get(second).status_code) == (404, 200)
    assert len(list(folder.iterdir())) == 1
    assert press(planner, second, "discard").status_code == 303
    assert list(folder.iterdir()) == []


def test_a_name_of_a_column_may_run_over_lines(planner: FlaskClient, embedded: Store) -> None:
    text = THEIRS.replace("Мощность (МВт)", '"Мощность,\nМВт"').replace("Проект", '"Про\nект"')
    address = upload(planner, text)
    press(planner, address, "columns", ours=["name", "sector", "status", "capacity_mw", ""])
    press(planner, address, "store")
    assert stored(embedded) == ["Парк"]


def test_a_file_of_an_odd_name_is_taken(planner: FlaskClient) -> None:
    name = "\x00\u202e" + "п" * 300 + ".csv"
    page = planner.get(upload(planner, GOOD, name)).text
    assert "п" * 100 in page
    assert "\x00" not in page


def test_names_of_a_file_are_text_on_the_page(planner: FlaskClient) -> None:
    bad = "<img src=x onerror=alert(1)>"
    text = f"name,sector,status,{bad}\n{bad},{bad},idea,{bad}\n"
    page = planner.get(upload(planner, text, f"{bad}.csv")).text
    assert bad not in page
    assert "&lt;img src=x" in page


def test_the_form_fits_a_row_that_changed_meanwhile(planner: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, name="A")
    document = planner.get("/export/projects.geojson").get_json()
    document["features"][0]["properties"]["name"] = "A changed"
    address = upload(planner, orjson.dumps(document), "a.geojson", keep_ids="yes")
    assert counts(planner.get(address).text) == [0, 1, 0, 0]
    with embedded.writing() as session:
        session.execute(update(Project).values(status="completed"))
    answer = press(planner, address, "store")
    assert answer.headers["Location"] == f"{address}?changed=1"
    assert counts(planner.get(address).text) == [1, 0, 0, 0]


def solar(*names: str, sector: str = "solar") -> str:
    """A file of solar parks that all stand at one place."""
    [lon, lat] = TASHKENT.split()
    rows = [f"{name},{sector},idea,{lon},{lat}" for name in names]
    return "\n".join(["name,sector,status,longitude,latitude", *rows])


def decisions_of(store: Store) -> list[tuple[tuple[str, str], str, str, str | None]]:
    """What was found of pairs, by whom and why."""
    with store.reading() as session:
        return [(one.refs, one.verdict, one.actor, one.reason) for one in decisions(session)]


def test_a_possible_double_is_stored_only_where_somebody_says_so(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, name="Solar park", sector="solar")
    address = upload(planner, solar("Solar park"))
    page = planner.get(address).text
    assert "1 row may be in the registry already" in page
    assert 'name="anyway"' in page
    assert 'name="pair-2~P-000001" value="different"' in page
    assert "At the same place" in page
    answer = press(planner, address, "store", reason="From the ministry")
    assert answer.status_code == 422
    assert "say of each possible double below" in answer.text
    assert stored(embedded) == ["Solar park"]
    press(planner, address, "store", anyway="yes", reason="From the ministry")
    assert stored(embedded) == ["Solar park", "Solar park"]
    [(refs, verdict, actor, reason)] = decisions_of(embedded)
    assert (refs, verdict, actor) == (("P-000001", "P-000002"), "different", "local")
    assert str(reason).endswith("none of its projects is there already: From the ministry")


def test_of_each_pair_it_is_said_whether_it_is_one_and_the_same_is_left_out(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, name="Solar park", sector="solar")
    address = upload(planner, solar("Solar park", "Nurek hydro", "Nurek hydro"))
    keys = re.findall(r'name="(pair-[^"]+)" value="same"', planner.get(address).text)
    assert keys == ["pair-2~P-000001", "pair-4~row 3"]
    answer = press(planner, address, "store", **{keys[0]: "same"})
    assert answer.status_code == 422
    assert f'name="{keys[0]}" value="same" checked' in answer.text, "what was said stands"
    press(planner, address, "store", **{keys[0]: "same", keys[1]: "different"})
    assert stored(embedded) == ["Nurek hydro", "Nurek hydro", "Solar park"]
    [(refs, verdict, _, reason)] = decisions_of(embedded)
    assert (refs, verdict) == (("P-000002", "P-000003"), "different")
    assert reason == "Stored as a different project after both were seen side by side"


def test_possible_doubles_are_shown_also_where_rows_are_refused(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, name="Solar park", sector="solar")
    text = solar("Solar park") + "\nWrong,sunny,idea,0,0\n"
    page = planner.get(upload(planner, text)).text
    assert counts(page) == [1, 0, 1, 0]
    assert "Row 2 beside P-000001" in page
    assert 'type="radio"' not in page


def test_what_somebody_changed_since_the_preview_is_not_overwritten(
    planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, name="A", capacity_mw=100.0)
    theirs = planner.get("/export/projects.csv").data.decode("utf-8-sig")
    mine = upload(planner, theirs.replace(",100.0,", ",250.0,"), keep_ids="yes")
    shown = re.search(r'name="seen" value="(\w+)"', planner.get(mine).text)
    assert shown
    other = sign_in(planner.application.test_client(), embedded)
    press(other, upload(other, theirs.replace(",A,", ",A2,"), keep_ids="yes"), "store")
    assert stored(embedded) == ["A2"]
    answer = press(planner, mine, "store", seen=shown[1])
    assert "was changed since this file was shown" in planner.get(answer.headers["Location"]).text
    with embedded.reading() as session:
        assert session.scalars(select(Project.capacity_mw)).all() == [100.0]
    press(planner, mine, "store")
    assert stored(embedded) == ["A"]


def test_a_file_is_stored_once_however_often_one_presses(
    planner: FlaskClient, embedded: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = upload(planner, GOOD)
    answers: list[TestResponse] = []

    def press_again(*args: Any, **said: Any) -> Any:
        monkeypatch.undo()
        answers.append(press(planner, address, "store"))
        return checked(*args, **said)

    monkeypatch.setattr(web_upload, "checked", press_again)
    late = press(planner, address, "store")
    assert (answers[0].status_code, late.status_code) == (303, 409)
    assert "just stored" in late.text
    assert len(stored(embedded)) == 2
    assert list(folder.iterdir()) == []
    assert press(planner, address, "store").status_code == 404


def test_a_file_of_endless_columns_gets_a_sentence(planner: FlaskClient) -> None:
    names = {f"c{at}": at for at in range(501)}
    address = upload(planner, orjson.dumps({"type": "Feature", "properties": names}), "a.geojson")
    answer = planner.get(address)
    assert answer.status_code == 422
    assert "501 columns; at most 500 are read" in answer.text


@pytest.mark.parametrize(("at", "status"), [("check_seen", 303), ("uploads.drop", 409)])
def test_a_file_whose_storing_was_killed_is_stored_once_all_the_same(
    planner: FlaskClient,
    embedded: Store,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
    status: int,
) -> None:
    address = upload(planner, GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(f"web.upload.{at}", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            press(planner, address, "store")
    assert press(planner, address, "store").status_code == status
    assert len(stored(embedded)) == 2


def test_a_file_waits_on_where_storing_fails(
    planner: FlaskClient, embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = upload(planner, GOOD)

    def fail(*_args: Any, **_said: Any) -> None:
        raise StoreError("The disk is full; nothing was stored.")

    with monkeypatch.context() as patched:
        patched.setattr(web_upload, "checked", fail)
        assert press(planner, address, "store").status_code == 503
    assert press(planner, address, "store").status_code == 303
    assert len(stored(embedded)) == 2


def test_the_preview_says_how_a_table_of_text_was_taken(planner: FlaskClient) -> None:
    text = "Проект;Технология;Стадия;Мощность (МВт);lon;lat\nПарк;wind;idea;1\xa0234,5;69,24;41,3\n"
    page = planner.get(upload(planner, text.encode("cp1251"))).text
    assert "Windows-1251, columns parted by semicolons" in page
    assert counts(page) == [0, 0, 1, 0]


def test_a_preview_leaves_no_trace(planner: FlaskClient, embedded: Store) -> None:
    planner.get(upload(planner, GOOD))
    with embedded.reading() as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == 0
    with reading(embedded.accounts) as session:
        assert session.scalar(select(func.count()).select_from(Upload)) == 1
    press(planner, upload(planner, GOOD), "store")
    with embedded.reading() as session:
        assert sorted(session.scalars(select(Project.ref))) == ["P-000001", "P-000002"]


def test_a_status_goes_back_only_with_a_reason(planner: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, name="Built", status="construction")
    document = planner.get("/export/projects.geojson").get_json()
    document["features"][0]["properties"]["status"] = "idea"
    address = upload(planner, orjson.dumps(document), "a.geojson", keep_ids="yes")
    page = planner.get(address).text
    assert counts(page) == [0, 1, 0, 0]
    assert re.search(r'name="reason"[^>]* required', page)
    assert 'name="asked_why"' in page
    assert "1 row goes back to an earlier status" in page
    for reason in ("", " "):
        answer = press(planner, address, "store", reason=reason, asked_why="yes")
        assert answer.status_code == 422
        assert "say why" in answer.text
    with embedded.reading() as session:
        assert session.scalars(select(Project.status)).all() == ["construction"]
    assert press(planner, address, "store", reason="Read wrongly").status_code == 303
    with embedded.reading() as session:
        assert session.scalars(select(Project.status)).all() == ["idea"]


def test_no_reason_is_needed_where_no_status_goes_back(planner: FlaskClient) -> None:
    page = planner.get(upload(planner, GOOD)).text
    assert not re.search(r'name="reason"[^>]* required', page)


def test_beside_a_database_server_uploads_wait_in_a_folder_of_ours(
    embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings = Settings(data=None)
    client = sign_in(create_app(settings, embedded).test_client(), embedded)
    assert settings.uploads.parent == tmp_path
    settings.uploads.mkdir(0o777)
    settings.uploads.chmod(0o777)
    refused = send(client, GOOD)
    assert refused.status_code == 503
    assert "somebody else made or may look into" in refused.text
    settings.uploads.rmdir()
    assert counts(client.get(upload(client, GOOD)).text) == [0, 0, 2, 0]
    assert settings.uploads.stat().st_mode & 0o777 == 0o700
