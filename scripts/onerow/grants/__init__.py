"""Least privilege: a role for each kind of work."""
