"""The embedded PostgreSQL of a project folder: initialised, started and stopped with care.

Imports no dbt, which would take seconds.
"""
