"""Migrations of the accounts."""

from registry.accounts import AccountsBase
from registry.migrations.environment import run

run(AccountsBase.metadata)
