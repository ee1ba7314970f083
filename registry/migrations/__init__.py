"""Migrations by Alembic: one branch for the records, one for the accounts."""
