"""What a terminal may be sent."""


def printable(text: str) -> str:
    """Return a text in a form that cannot move the cursor or change colours, whatever was delivered."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
