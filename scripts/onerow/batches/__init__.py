"""The batches that have landed: what became of each, and keeping one from the marts."""
