"""The proof from outside: what was delivered against what is in the marts."""
