"""How fast, against public peers: one module for each question; run as `dev.py bench`."""
