"""The edge: HTTP and the command line."""
