"""onerow: each natural key lands as exactly one row, and a report proves it."""
