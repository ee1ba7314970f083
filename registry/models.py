"""The tables: Project, Deposit, Corridor, Agreement, Organisation, CrossReference, Revision."""

from datetime import date, datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.database.base import Base, InCountry, Located, Record, gist_index
from registry.database.upkeep import KINDS


class Organisation(Base):
    """A partner of projects; one row however often it is named."""

    __tablename__ = "organisation"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Agreement(Record, Base):
    """What two states signed; it has no place."""

    __tablename__ = "agreement"
    __table_args__ = {"sqlite_autoincrement": True}

    title: Mapped[str]
    country: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(index=True)
    date: Mapped[str | None]
    place: Mapped[str | None]
    status: Mapped[str | None]
    note: Mapped[str | None]
    source: Mapped[str | None]


class Project(Located, Base):
    """A proposed, running or ended cooperation project.

    `country_set` says its countries again, in alphabetical order and joined by commas, so that one
    index answers for country, sector and publication.
    """

    __tablename__ = "project"

    name: Mapped[str] = mapped_column(index=True)
    alt_names: Mapped[list[str]] = mapped_column(default=list)
    summary: Mapped[str | None]
    sector: Mapped[str]
    secondary_sectors: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[str]
    status_date: Mapped[date | None]
    countries_stated: Mapped[list[str]] = mapped_column(default=list)
    country_set: Mapped[str] = mapped_column(default="", server_default="")
    outside_share: Mapped[float | None]
    admin1: Mapped[list[str]] = mapped_column(default=list)
    location_source: Mapped[str | None]
    capacity_value: Mapped[float | None]
    capacity_unit: Mapped[str | None]
    capacity_mw: Mapped[float | None] = mapped_column(index=True)
    generation_gwh_per_year: Mapped[float | None]
    cost_amount: Mapped[float | None]
    cost_currency: Mapped[str | None]
    cost_year: Mapped[int | None]
    cost_usd: Mapped[float | None]
    start_year: Mapped[int | None] = mapped_column(index=True)
    end_year: Mapped[int | None]
    reduction_claimed_tco2e_per_year: Mapped[float | None]
    mechanism: Mapped[str | None]
    jcm_stage: Mapped[str | None]
    jcm_number: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    publication: Mapped[str] = mapped_column(default="public")
    sources: Mapped[list[str]] = mapped_column(default=list)

    parent: Mapped["Project | None"] = relationship(remote_side="Project.id")
    agreement: Mapped[Agreement | None] = relationship()
    countries: Mapped[list["ProjectCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="ProjectCountry.id", lazy="selectin"
    )
    partners: Mapped[list["ProjectPartner"]] = relationship(
        cascade="all, delete-orphan", order_by="ProjectPartner.id", lazy="selectin"
    )

    __table_args__ = (
        gist_index("project"),
        Index("ix_project_sector_status", "sector", "status", "publication"),
        Index("ix_project_status", "status", "publication"),
        # Pages are read off these alone: by order of entry, and by what is most often asked.
        Index("ix_project_walk", "id", *KINDS),
        Index(
            "ix_project_cell",
            "country_set",
            "sector",
            "publication",
            "id",
            "status",
            "location_precision",
        ),
        {"sqlite_autoincrement": True},
    )


class ProjectCountry(InCountry, Base):
    """How much of a project lies in one of the five; no share where only the source says so."""

    __tablename__ = "project_country"
    __table_args__ = (
        UniqueConstraint("project_id", "country"),
        Index("ix_project_country_country_project_id", "country", "project_id"),
        {"sqlite_autoincrement": True},
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))


class ProjectPartner(Base):
    """An organisation's part in a project, with its country as stated for it."""

    __tablename__ = "project_partner"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    country: Mapped[str | None] = mapped_column(index=True)
    role: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class Deposit(Located, Base):
    """A resource in the ground: a field, a mine, a deposit, an occurrence."""

    __tablename__ = "deposit"

    name: Mapped[str] = mapped_column(index=True)
    alt_names: Mapped[list[str]] = mapped_column(default=list)
    kind: Mapped[str]
    status: Mapped[str | None]
    size_class: Mapped[str | None]
    source: Mapped[str | None]
    source_id: Mapped[str | None]
    licence: Mapped[str | None]

    countries: Mapped[list["DepositCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="DepositCountry.id", lazy="selectin"
    )
    commodities: Mapped[list["DepositCommodity"]] = relationship(
        cascade="all, delete-orphan", order_by="DepositCommodity.id", lazy="selectin"
    )

    __table_args__ = (gist_index("deposit"), {"sqlite_autoincrement": True})


class DepositCountry(InCountry, Base):
    """A country in which a deposit lies."""

    __tablename__ = "deposit_country"
    __table_args__ = (
        UniqueConstraint("deposit_id", "country"),
        Index("ix_deposit_country_country_deposit_id", "country", "deposit_id"),
        {"sqlite_autoincrement": True},
    )

    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id", ondelete="CASCADE"))


class DepositCommodity(Base):
    """A commodity that a deposit holds, the main one first."""

    __tablename__ = "deposit_commodity"
    __table_args__ = (
        UniqueConstraint("deposit_id", "commodity"),
        Index("ix_deposit_commodity_commodity_deposit_id", "commodity", "deposit_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id", ondelete="CASCADE"))
    commodity: Mapped[str]


class Corridor(Located, Base):
    """A route to a market: pipeline, rail, port or power line."""

    __tablename__ = "corridor"

    name: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    commodity: Mapped[str | None]
    markets: Mapped[list[str]] = mapped_column(default=list)
    transits_russia: Mapped[bool | None]
    transits_china: Mapped[bool | None]
    ends_in_russia_or_china: Mapped[bool | None]
    other_risk: Mapped[str | None]
    status: Mapped[str | None]
    capacity: Mapped[str | None]
    source: Mapped[str | None]

    countries: Mapped[list["CorridorCountry"]] = relationship(
        cascade="all, delete-orphan", order_by="CorridorCountry.id", lazy="selectin"
    )

    __table_args__ = (gist_index("corridor"), {"sqlite_autoincrement": True})


class CorridorCountry(InCountry, Base):
    """One of the five that a corridor runs through."""

    __tablename__ = "corridor_country"
    __table_args__ = (
        UniqueConstraint("corridor_id", "country"),
        Index("ix_corridor_country_country_corridor_id", "country", "corridor_id"),
        {"sqlite_autoincrement": True},
    )

    corridor_id: Mapped[int] = mapped_column(ForeignKey("corridor.id", ondelete="CASCADE"))


class Country(Record, Base):
    """One of the five countries with its outline; its ref is its code."""

    __tablename__ = "country"

    name: Mapped[str]
    official_name: Mapped[str]
    name_native: Mapped[str]
    name_ru: Mapped[str]
    name_ja: Mapped[str]
    iso3: Mapped[str]
    capital: Mapped[str]
    geometry: Mapped[BaseGeometry]

    __table_args__ = (gist_index("country"), {"sqlite_autoincrement": True})


class CrossReference(Base):
    """A project and a deposit within reach: geodesic metres between their nearest points, 0 where
    they meet.
    """

    __tablename__ = "cross_reference"
    __table_args__ = (
        UniqueConstraint("project_id", "deposit_id"),
        Index("ix_cross_reference_deposit_id", "deposit_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    deposit_id: Mapped[int] = mapped_column(ForeignKey("deposit.id", ondelete="CASCADE"))
    distance_m: Mapped[float]
    project_lon: Mapped[float]
    project_lat: Mapped[float]
    deposit_lon: Mapped[float]
    deposit_lat: Mapped[float]


class Revision(Base):
    """What a record was after a change, who made it, when and why; append-only, guarded by
    triggers.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("collection", "ref", "version"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection: Mapped[str]
    ref: Mapped[str]
    version: Mapped[int]
    action: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str | None]
    after: Mapped[str]


class Redirect(Base):
    """A ref that was given up when two records of one thing were merged, and where it leads now."""

    __tablename__ = "redirect"
    __table_args__ = (
        UniqueConstraint("collection", "ref"),
        Index("ix_redirect_target", "target"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection: Mapped[str]
    ref: Mapped[str]
    target: Mapped[str]
    at: Mapped[datetime]


class DuplicateDecision(Base):
    """What somebody found of two projects that look alike; their refs in alphabetical order."""

    __tablename__ = "duplicate_decision"
    __table_args__ = (
        UniqueConstraint("left_ref", "right_ref"),
        Index("ix_duplicate_decision_right_ref", "right_ref"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    left_ref: Mapped[str]
    right_ref: Mapped[str]
    verdict: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    reason: Mapped[str | None]


class RegistryFact(Base):
    """A fact about the registry itself, by key: whether its seeds were loaded, the next number of
    a prefix.
    """

    __tablename__ = "registry_fact"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    value: Mapped[str]
