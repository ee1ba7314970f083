"""Migrations of the records."""

from registry.migrations.environment import run
from registry.models import Project

run(Project.metadata)
