"""Shapes and files: geometry, distances, outlines and formats; it knows no HTTP and no database."""

from geo import drivers

# GDAL reads this when it is loaded, which geopandas and pyogrio do when they are imported.
drivers.allow_only_ours()
