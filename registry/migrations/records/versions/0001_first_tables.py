"""The first tables, the GeoPackage around them, and the guard of the history."""

import sqlalchemy as sa
from alembic import op

from registry.database.geopackage import install_core, register_attributes, register_features
from registry.database.history import guard_revisions, release_revisions
from registry.database.types import Geometry, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FEATURES = {"project": "Projects", "deposit": "Resource deposits", "corridor": "Export corridors"}
ATTRIBUTES = {
    "agreement": "Agreements",
    "organisation": "Organisations",
    "project_country": "Countries of projects",
    "project_partner": "Partners of projects",
    "deposit_country": "Countries of deposits",
    "deposit_commodity": "Commodities of deposits",
    "corridor_country": "Countries of corridors",
    "cross_reference": "Deposits within 50 km of projects",
    "revision": "History",
    "registry_fact": "About this registry",
}


def upgrade() -> None:
    """Make everything."""
    connection = op.get_bind()
    install_core(connection)
    _create_agreement()
    _create_corridor()
    _create_deposit()
    _create_organisation()
    _create_registry_fact()
    _create_revision()
    _create_corridor_country()
    _create_deposit_commodity()
    _create_deposit_country()
    _create_project()
    _create_cross_reference()
    _create_project_country()
    _create_project_partner()
    for table, title in FEATURES.items():
        if connection.dialect.name == "postgresql":
            op.create_index(f"ix_{table}_geometry", table, ["geometry"], postgresql_using="gist")
        register_features(connection, table, title)
    for table, title in ATTRIBUTES.items():
        register_attributes(connection, table, title)
    guard_revisions(connection)


def downgrade() -> None:
    """Drop everything."""
    release_revisions(op.get_bind())
    for table in (
        "project_partner",
        "project_country",
        "cross_reference",
        "project",
        "deposit_country",
        "deposit_commodity",
        "corridor_country",
        "revision",
        "registry_fact",
        "organisation",
        "deposit",
        "corridor",
        "agreement",
    ):
        op.drop_table(table)


def _create_agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.UniqueConstraint("ref", name="uq_agreement_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_agreement_country", "agreement", ["country"], unique=False)
    op.create_index("ix_agreement_kind", "agreement", ["kind"], unique=False)


def _create_corridor() -> None:
    op.create_table(
        "corridor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("commodity", sa.Text(), nullable=True),
        sa.Column("markets", Json(), nullable=False),
        sa.Column("transits_russia", sa.Boolean(), nullable=True),
        sa.Column("transits_china", sa.Boolean(), nullable=True),
        sa.Column("ends_in_russia_or_china", sa.Boolean(), nullable=True),
        sa.Column("other_risk", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry(), nullable=True),
        sa.Column("location_precision", sa.Text(), nullable=False),
        sa.Column("offshore", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corridor"),
        sa.UniqueConstraint("ref", name="uq_corridor_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_corridor_location_precision", "corridor", ["location_precision"], unique=False
    )
    op.create_index("ix_corridor_name", "corridor", ["name"], unique=False)


def _create_deposit() -> None:
    op.create_table(
        "deposit",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alt_names", Json(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("size_class", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry(), nullable=True),
        sa.Column("location_precision", sa.Text(), nullable=False),
        sa.Column("offshore", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deposit"),
        sa.UniqueConstraint("ref", name="uq_deposit_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deposit_location_precision", "deposit", ["location_precision"], unique=False
    )
    op.create_index("ix_deposit_name", "deposit", ["name"], unique=False)


def _create_organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("slug", name="uq_organisation_slug"),
        sqlite_autoincrement=True,
    )


def _create_registry_fact() -> None:
    op.create_table(
        "registry_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registry_fact"),
        sa.UniqueConstraint("key", name="uq_registry_fact_key"),
        sqlite_autoincrement=True,
    )


def _create_revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint(
            "collection", "ref", "version", name="uq_revision_collection_ref_version"
        ),
        sqlite_autoincrement=True,
    )


def _create_corridor_country() -> None:
    op.create_table(
        "corridor_country",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("corridor_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["corridor_id"],
            ["corridor.id"],
            name="fk_corridor_country_corridor_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corridor_country"),
        sa.UniqueConstraint(
            "corridor_id", "country", name="uq_corridor_country_corridor_id_country"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_corridor_country_country_corridor_id",
        "corridor_country",
        ["country", "corridor_id"],
        unique=False,
    )


def _create_deposit_commodity() -> None:
    op.create_table(
        "deposit_commodity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("commodity", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"],
            ["deposit.id"],
            name="fk_deposit_commodity_deposit_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deposit_commodity"),
        sa.UniqueConstraint(
            "deposit_id", "commodity", name="uq_deposit_commodity_deposit_id_commodity"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deposit_commodity_commodity_deposit_id",
        "deposit_commodity",
        ["commodity", "deposit_id"],
        unique=False,
    )


def _create_deposit_country() -> None:
    op.create_table(
        "deposit_country",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name="fk_deposit_country_deposit_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deposit_country"),
        sa.UniqueConstraint("deposit_id", "country", name="uq_deposit_country_deposit_id_country"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deposit_country_country_deposit_id",
        "deposit_country",
        ["country", "deposit_id"],
        unique=False,
    )


def _create_project() -> None:
    op.create_table(
        "project",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alt_names", Json(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("secondary_sectors", Json(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_date", sa.Date(), nullable=True),
        sa.Column("countries_stated", Json(), nullable=False),
        sa.Column("outside_share", sa.Double(), nullable=True),
        sa.Column("admin1", Json(), nullable=False),
        sa.Column("location_source", sa.Text(), nullable=True),
        sa.Column("capacity_value", sa.Double(), nullable=True),
        sa.Column("capacity_unit", sa.Text(), nullable=True),
        sa.Column("capacity_mw", sa.Double(), nullable=True),
        sa.Column("generation_gwh_per_year", sa.Double(), nullable=True),
        sa.Column("cost_amount", sa.Double(), nullable=True),
        sa.Column("cost_currency", sa.Text(), nullable=True),
        sa.Column("cost_year", sa.Integer(), nullable=True),
        sa.Column("cost_usd", sa.Double(), nullable=True),
        sa.Column("start_year", sa.Integer(), nullable=True),
        sa.Column("end_year", sa.Integer(), nullable=True),
        sa.Column("reduction_claimed_tco2e_per_year", sa.Double(), nullable=True),
        sa.Column("mechanism", sa.Text(), nullable=True),
        sa.Column("jcm_stage", sa.Text(), nullable=True),
        sa.Column("jcm_number", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("sources", Json(), nullable=False),
        sa.Column("geometry", Geometry(), nullable=True),
        sa.Column("location_precision", sa.Text(), nullable=False),
        sa.Column("offshore", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name="fk_project_agreement_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["project.id"], name="fk_project_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.UniqueConstraint("ref", name="uq_project_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_project_agreement_id", "project", ["agreement_id"], unique=False)
    op.create_index("ix_project_capacity_mw", "project", ["capacity_mw"], unique=False)
    op.create_index(
        "ix_project_location_precision", "project", ["location_precision"], unique=False
    )
    op.create_index("ix_project_name", "project", ["name"], unique=False)
    op.create_index("ix_project_parent_id", "project", ["parent_id"], unique=False)
    op.create_index(
        "ix_project_sector_status", "project", ["sector", "status", "publication"], unique=False
    )
    op.create_index("ix_project_start_year", "project", ["start_year"], unique=False)
    op.create_index("ix_project_status", "project", ["status", "publication"], unique=False)


def _create_cross_reference() -> None:
    op.create_table(
        "cross_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("project_lon", sa.Double(), nullable=False),
        sa.Column("project_lat", sa.Double(), nullable=False),
        sa.Column("deposit_lon", sa.Double(), nullable=False),
        sa.Column("deposit_lat", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name="fk_cross_reference_deposit_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_cross_reference_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cross_reference"),
        sa.UniqueConstraint(
            "project_id", "deposit_id", name="uq_cross_reference_project_id_deposit_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_cross_reference_deposit_id", "cross_reference", ["deposit_id"], unique=False
    )


def _create_project_country() -> None:
    op.create_table(
        "project_country",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_project_country_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_project_country"),
        sa.UniqueConstraint("project_id", "country", name="uq_project_country_project_id_country"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_project_country_country_project_id",
        "project_country",
        ["country", "project_id"],
        unique=False,
    )


def _create_project_partner() -> None:
    op.create_table(
        "project_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_project_partner_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_project_partner_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_project_partner"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_project_partner_country", "project_partner", ["country"], unique=False)
    op.create_index(
        "ix_project_partner_organisation_id", "project_partner", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_project_partner_project_id", "project_partner", ["project_id"], unique=False
    )
