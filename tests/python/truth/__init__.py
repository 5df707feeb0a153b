"""What must come out, computed in plain Python from the delivered files. Shares no code with onerow."""
