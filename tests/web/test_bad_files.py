"""Files that mean harm or say too little, sent by a browser: a sentence each, nothing stored."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import func, select

from registry.database.store import Store
from registry.models import Project
from tests.factories import csrf_of
from tests.geo.test_uploads import KML, UTM, gdal_file, shapefile, workbook, zipped

HEADER = "name,sector,status,capacity_mw,lon,lat\n"
NEEDED = ["name", "sector", "status", "x", "y"]


def of(text: str | bytes) -> Callable[[Path], bytes]:
    """A file of this text."""
    return lambda _folder: text.encode() if isinstance(text, str) else text


def with_macros(_folder: Path) -> bytes:
    """A workbook that holds a program."""
    made = io.BytesIO(workbook(NEEDED, ["A", "wind", "idea", 69.24, 41.3]))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return made.getvalue()


CASES = {
    "vrt": ("a.geojson", of("<OGRVRTDataSource/>"), "is not GeoJSON but an XML file"),
    "algorithm": ("a.geojson", of('{"type":"gdal_streamed_alg"}'), "JSON but not GeoJSON"),
    "algorithm as kml": ("a.kml", of('{"type":"gdal_streamed_alg"}'), "The KML is broken"),
    "bomb": (
        "a.shp.zip",
        lambda _folder: zipped({f"{at}.shp": b"\0" * (1 << 24) for at in range(70)}),
        "would unpack to 1,",
    ),
    "path in a zip": ("a.shp.zip", of(zipped({"../a.shp": b"x"})), "unpacked elsewhere"),
    "zip in a zip": ("a.shp.zip", of(zipped({"a.zip": b"x"})), "another archive"),
    "formula as a number": (
        "a.csv",
        of(HEADER + "A,wind,idea,=1+1,69.24,41.3\n"),
        "Power takes a number, such as 500 or 0.5; got “=1+1”",
    ),
    "macros": ("a.xlsx", with_macros, "macros, which are never run"),
    "no prj": (
        "a.shp.zip",
        lambda folder: shapefile(folder, "EPSG:4326", ".prj"),
        "without parks.prj",
    ),
    "no dbf": (
        "a.shp.zip",
        lambda folder: shapefile(folder, "EPSG:4326", ".dbf"),
        "without parks.dbf",
    ),
    "metres in a table": (
        "a.csv",
        of(HEADER + f"A,wind,idea,1,{UTM[0]},{UTM[1]}\n"),
        "is in metres (UTM or the like), not in degrees",
    ),
    "metres in a GeoPackage": (
        "a.gpkg",
        lambda folder: gdal_file(
            folder / "a.gpkg", "GPKG", "EPSG:4326", shapely.Point(UTM), geometry_type="Point"
        ),
        "is in metres (UTM or the like), not in degrees",
    ),
    "network link": (
        "a.kml",
        of(KML.format("<NetworkLink><Link><href>http://x.example/</href></Link></NetworkLink>")),
        "http://x.example/, which is not followed",
    ),
    "entities": (
        "a.kml",
        of('<!DOCTYPE k [<!ENTITY a "b">]><kml/>'),
        "entities or a document type",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_bad_file_gets_its_sentence_and_nothing_is_stored(
    planner: FlaskClient,
    embedded: Store,
    tmp_path: Path,
    case: tuple[str, Callable[[Path], bytes], str],
) -> None:
    name, made, sentence = case
    folder = tmp_path / "made"
    folder.mkdir()
    form = {"csrf": csrf_of(planner), "collection": "projects"}
    answer = planner.post(
        "/import",
        data=form | {"file": (io.BytesIO(made(folder)), name)},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert answer.status_code in (200, 422)
    assert sentence in answer.text
    assert "/store" not in answer.text
    with embedded.reading() as session:
        assert session.scalar(select(func.count()).select_from(Project)) == 0


def test_formulas_in_texts_are_stored_as_texts(planner: FlaskClient, embedded: Store) -> None:
    text = HEADER + '"=HYPERLINK(""http://x.example"")",wind,idea,1,69.24,41.3\n'
    form = {"csrf": csrf_of(planner), "collection": "projects"}
    answer = planner.post(
        "/import",
        data=form | {"file": (io.BytesIO(text.encode()), "a.csv")},
        content_type="multipart/form-data",
    )
    planner.post(f"{answer.headers['Location']}/store", data=form)
    with embedded.reading() as session:
        assert session.scalar(select(Project.name)) == '=HYPERLINK("http://x.example")'
    exported = planner.get("/export/projects.csv").data.decode("utf-8-sig")
    assert '"\'=HYPERLINK(""http://x.example"")"' in exported
