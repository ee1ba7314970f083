"""`python -m web.cli` is the command `qadam`."""

from web.cli import main

main()
