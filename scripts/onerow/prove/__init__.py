"""Prove by trial that a model comes out the same however its batches are loaded, in schemas of its own."""
