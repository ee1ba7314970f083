"""Refs that lead elsewhere after a merge, and what was decided of records that look alike."""

import sqlalchemy as sa
from alembic import op

from registry.database.geopackage import register_attributes, unregister
from registry.database.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ATTRIBUTES = {
    "redirect": "Refs of merged records",
    "duplicate_decision": "Decisions on possible duplicates",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "redirect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_redirect"),
        sa.UniqueConstraint("collection", "ref", name="uq_redirect_collection_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_redirect_target", "redirect", ["target"], unique=False)
    op.create_table(
        "duplicate_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("left_ref", sa.Text(), nullable=False),
        sa.Column("right_ref", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_duplicate_decision"),
        sa.UniqueConstraint(
            "left_ref", "right_ref", name="uq_duplicate_decision_left_ref_right_ref"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_duplicate_decision_right_ref", "duplicate_decision", ["right_ref"], unique=False
    )
    for table, title in ATTRIBUTES.items():
        register_attributes(op.get_bind(), table, title)


def downgrade() -> None:
    """Drop the tables."""
    for table in ATTRIBUTES:
        unregister(op.get_bind(), table)
        op.drop_table(table)
