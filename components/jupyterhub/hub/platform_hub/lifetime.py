"""How long a server may run. Pure."""

from datetime import datetime


def is_over(started: datetime | None, now: datetime, maximum_seconds: float | None) -> bool:
    """Tells whether a server that started then has reached its lifetime now."""
    if started is None or maximum_seconds is None:
        return False
    return (now - started).total_seconds() >= maximum_seconds
