"""CQL2 (OGC 21-065r2): text and JSON read to one tree, the tree compiled to SQL and printed."""
