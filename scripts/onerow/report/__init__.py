"""A reconciliation as others read it: formats for machines, the HTML report, and the history of runs."""
