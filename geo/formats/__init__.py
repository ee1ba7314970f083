"""The file formats that features are written to and read from."""

from pathlib import PurePath

from geo.errors import UnknownFormat
from geo.formats import csv_file, fgb, geojson, geojsonl, gpkg, kml, parquet, shapefile, xlsx
from geo.formats.base import Asked, Column, Format, Outline, RawFeature

FORMATS: tuple[Format, ...] = (
    geojson.FORMAT,
    geojsonl.FORMAT,
    gpkg.FORMAT,
    fgb.FORMAT,
    csv_file.FORMAT,
    xlsx.FORMAT,
    kml.FORMAT,
    shapefile.FORMAT,
    parquet.FORMAT,
)

__all__ = ["FORMATS", "Asked", "Column", "Format", "Outline", "RawFeature", "find_format"]


def find_format(name: str) -> Format:
    """Return the format of that name, or of a file name's ending.

    Raises:
        UnknownFormat: no format has that name or ending; the sentence lists them.
    """
    wanted = name.lower().lstrip(".")
    for form in FORMATS:
        if wanted in (form.name, form.extension) or wanted.endswith(f".{form.extension}"):
            return form
    if wanted.endswith(".json"):  # the older ending, registered for plain JSON
        return geojson.FORMAT
    if wanted.endswith(".zip"):  # what people call a shapefile's zip
        return shapefile.FORMAT
    known = ", ".join(f".{form.extension}" for form in FORMATS)
    raise UnknownFormat(f"{PurePath(name).name!r} is of no known format; known are {known}.")
