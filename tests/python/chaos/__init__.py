"""Everything at once on a server that crashes: drawn from a seed, and compared with the truth at the end."""
