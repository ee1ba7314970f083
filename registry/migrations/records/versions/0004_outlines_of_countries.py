"""The outlines of the five countries, as a collection that is read like the others."""

import sqlalchemy as sa
from alembic import op

from registry.database.geopackage import register_features, unregister_features
from registry.database.types import Geometry, UtcDateTime
from registry.outlines import NAMES, load_outlines

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and fill it."""
    connection = op.get_bind()
    table = op.create_table(
        "country",
        *(sa.Column(name, sa.Text(), nullable=False) for name in NAMES),
        sa.Column("geometry", Geometry(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country")),
        sa.UniqueConstraint("ref", name=op.f("uq_country_ref")),
        sqlite_autoincrement=True,
    )
    if connection.dialect.name == "postgresql":
        op.create_index("ix_country_geometry", "country", ["geometry"], postgresql_using="gist")
    register_features(connection, "country", "Countries")
    load_outlines(connection, table)


def downgrade() -> None:
    """Take the table away again."""
    unregister_features(op.get_bind(), "country")
    op.drop_table("country")
