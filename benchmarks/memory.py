"""What a process holds in memory, as Linux tells it."""

from pathlib import Path


def resident(process: int | str = "self", what: str = "VmRSS") -> float:
    """Megabytes that a process holds now; "VmHWM": held at most until now."""
    told = Path(f"/proc/{process}/status").read_text()
    return int(told.split(f"{what}:")[1].split()[0]) * 1024 / 1e6
