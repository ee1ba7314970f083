"""Projects counted by kind, their countries in one column, indexes in the order of pages, a stamp
for each table.
"""

import sqlalchemy as sa
from alembic import op

from registry.database.geopackage import register_attributes, unregister
from registry.database.upkeep import install_upkeep, remove_upkeep

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = ("publication", "country_set", "sector", "status", "location_precision")
SETS = {
    "sqlite": "SELECT group_concat(country, ',') FROM (SELECT country FROM project_country "
    "WHERE project_id = project.id ORDER BY country)",
    "postgresql": "SELECT string_agg(country, ',' ORDER BY country) FROM project_country "
    "WHERE project_id = project.id",
}


def upgrade() -> None:
    """Add the column, the indexes, the counts and what keeps them."""
    connection = op.get_bind()
    op.add_column("project", sa.Column("country_set", sa.Text(), nullable=False, server_default=""))
    op.execute(f"UPDATE project SET country_set = coalesce(({SETS[connection.dialect.name]}), '')")
    op.create_index("ix_project_walk", "project", ["id", *KINDS])
    op.create_index(
        "ix_project_cell",
        "project",
        ["country_set", "sector", "publication", "id", "status", "location_precision"],
    )
    op.create_table(
        "project_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in KINDS),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project_tally"),
        sa.UniqueConstraint(*KINDS, name="uq_project_tally_kinds"),
        sqlite_autoincrement=True,
    )
    register_attributes(connection, "project_tally", "Projects by kind, counted")
    install_upkeep(connection)


def downgrade() -> None:
    """Take all of it away."""
    connection = op.get_bind()
    remove_upkeep(connection)
    unregister(connection, "project_tally")
    op.drop_table("project_tally")
    op.drop_index("ix_project_cell", "project")
    op.drop_index("ix_project_walk", "project")
    op.drop_column("project", "country_set")
