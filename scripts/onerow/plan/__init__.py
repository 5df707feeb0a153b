"""What a load would do, row by row, before it does it."""
