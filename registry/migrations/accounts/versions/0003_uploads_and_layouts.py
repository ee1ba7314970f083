"""Files that wait for the word to store them, and layouts of columns that were mapped."""

import sqlalchemy as sa
from alembic import op

from registry.database.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("session_hash", sa.String(64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("collection", sa.String(32), nullable=False),
        sa.Column("keep_ids", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("token_hash", name="uq_upload_token_hash"),
    )
    op.create_table(
        "column_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_column_layout"),
        sa.UniqueConstraint("fingerprint", name="uq_column_layout_fingerprint"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("column_layout", "upload"):
        op.drop_table(table)
