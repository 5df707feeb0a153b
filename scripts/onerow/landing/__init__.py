"""How delivered files become rows in landing: each file is a batch, and lands exactly once."""
