"""Tests of the registry: real databases, real files, a real browser."""
