"""Which of GDAL's drivers may open a file: those of our own formats and no other.

GDAL goes by what a file holds, whatever its name: a text that looks like a virtual data set or an
algorithm pipeline would make it read other files of this machine. A list of what to skip grows
with GDAL, so `foreign` tells whether one was missed.
"""

import os
from collections.abc import Iterable

OURS = frozenset({"ESRI Shapefile", "FlatGeobuf", "GPKG", "GeoJSON"})

# All others that the locked pyogrio brings; GDAL complains of a name that it does not have.
_SKIPPED = (
    "ADBC, AIVector, AmigoCloud, AVCBin, AVCE00, Carto, CSV, CSW, DGN, DXF, EDIGEO, EEDA, "
    "Elasticsearch, ESRIJSON, GDALG, GeoJSONSeq, GeoRSS, GML, GPSBabel, GPX, GTFS, HTTP, "
    "Idrisi, JML, JSONFG, KML, LIBKML, LVBAG, MapInfo File, MapML, MBTiles, MEM, "
    "MiraMonVector, MVT, NGW, OAPIF, ODS, OGCAPI, OGR_GMT, OGR_PDS, OGR_VRT, OpenFileGDB, "
    "OSM, PCIDSK, PDF, PDS4, PGDUMP, PLSCENES, PMTiles, S57, Selafin, SQLite, SXF, TopoJSON, "
    "VDV, VFK, VICAR, WAsP, WFS, XLSX"
)


def allow_only_ours() -> None:
    """Tell GDAL, before anything loads it, to register no other driver.

    The variable is inherited: a program of GDAL started from here knows our formats only.
    """
    os.environ["OGR_SKIP"] = _SKIPPED.replace(", ", ",")


def foreign(registered: Iterable[str]) -> list[str]:
    """Return the drivers among these that are none of ours, in order."""
    return sorted(set(registered) - OURS)
