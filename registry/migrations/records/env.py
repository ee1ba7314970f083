"""Migrations of the records."""

from registry.migrations.environment import run
from registry.models import Base

run(Base.metadata)
