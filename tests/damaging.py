"""Files as a failing disk leaves them."""

from __future__ import annotations

from pathlib import Path

PAGE = 4096


def damage(database: Path) -> None:
    """Overwrite every page of a database but the first, which says what it is."""
    content = bytearray(database.read_bytes())
    content[PAGE:] = b"\xa5" * (len(content) - PAGE)
    database.write_bytes(content)
