"""Golden vectors: what must come out, written down once and never computed by the code under test."""
