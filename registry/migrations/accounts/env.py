"""Migrations of the accounts."""

from registry import uploads
from registry.accounts import AccountsBase
from registry.migrations.environment import run

assert uploads.Upload.metadata is AccountsBase.metadata  # its tables are among them
run(AccountsBase.metadata)
