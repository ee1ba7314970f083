"""Passwords, organisations and disabling of users; tokens of programs."""

import sqlalchemy as sa
from alembic import op

from registry.database.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("user_account", sa.Column("password_hash", sa.Text(), nullable=True))
    op.add_column("user_account", sa.Column("organisation", sa.Text(), nullable=True))
    op.add_column("user_account", sa.Column("disabled_at", UtcDateTime(), nullable=True))
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_api_token_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
        sa.UniqueConstraint("name", name="uq_api_token_name"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("api_token")
    for column in ("disabled_at", "organisation", "password_hash"):
        op.drop_column("user_account", column)
