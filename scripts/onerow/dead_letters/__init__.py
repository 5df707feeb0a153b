"""Dead letters: rows and lines that may not load, delivered again when they are right, or given up with a reason."""
