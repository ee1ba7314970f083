"""Which sheet of a workbook is read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("upload", sa.Column("sheet", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("upload", "sheet")
