"""The ledger: what has landed, and what became of it."""
