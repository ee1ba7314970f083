"""The first facts: real projects, deposits, corridors and agreements, each row with its source."""
