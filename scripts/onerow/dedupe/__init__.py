"""Remove duplicates from a table that holds them already, without locking readers or writers out."""
