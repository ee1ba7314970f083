"""Shapes and files: geometry, distances, outlines and formats; it knows no HTTP and no database."""
