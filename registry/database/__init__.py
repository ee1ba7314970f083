"""How records are stored: a GeoPackage in one file, or PostgreSQL with PostGIS; the same models on
both.
"""
