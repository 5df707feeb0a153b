"""One thin Click command a file: parses and prints."""
