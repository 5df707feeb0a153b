"""The dbt project that onerow works on: its contracts, its target, and dbt itself."""
