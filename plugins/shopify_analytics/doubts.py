"""What a list alone does not prove: ids that the store is asked for once more, each for a reason.

A row counts as deleted only when a list of everything was without it, or an event tells of it, and when the
store gives nothing for its id either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass
class Drift:
    """How far the database was from a list of everything, apart from what the next window reads in any case.

    Of ``checked`` ids in the store ``missing`` were not here, and ``stale`` were here as of another time;
    ``deleted`` were here and no longer in the store; ``later`` are new and left to the next window.
    """

    checked: int
    missing: int
    stale: int
    deleted: int = 0
    later: int = 0

    def __str__(self) -> str:
        return (
            f"{self.checked:,} ids checked, {self.missing:,} missing, {self.stale:,} stale, "
            f"{self.deleted:,} deleted"
        )


class Doubts:
    """The ids of one entity to ask for, in a temporary table: a large store needs no more memory.

    The temporary tables ``seen`` and ``listed`` hold ids and times of change, as read and as listed.

    :param listed_since: rows created before this may be absent from every answer.
    :param due: what has changed since then is read by the next window in any case.
    """

    def __init__(self, db: sqlite3.Connection, entity: str, listed_since: str, due: str) -> None:
        self.db = db
        self.entity = entity
        self.limits = {"entity": entity, "listed_since": listed_since, "due": due}
        db.execute("DROP TABLE IF EXISTS temp.doubts")
        db.execute(
            "CREATE TEMP TABLE doubts (id INTEGER PRIMARY KEY, cause TEXT, given INTEGER NOT NULL DEFAULT 0)"
        )

    def add_destroyed(self, ids: Iterable[int]) -> None:
        """Ids that events tell of."""
        self.db.executemany("INSERT INTO doubts (id, cause) VALUES (?, 'event')", ((each,) for each in ids))

    def add_rejected(self) -> None:
        """Records that could not be read earlier, and were not read now."""
        self._add(
            "rejected",
            f"""
            SELECT record_id
            FROM rejected_records
            LEFT JOIN {self.entity} AS known ON known.id = record_id
            WHERE entity = :entity AND record_id IS NOT NULL AND record_id NOT IN (SELECT id FROM seen)
              AND coalesce(known.created_at, :listed_since) >= :listed_since
            """,
        )

    def add_older(self) -> None:
        """Records that were read as older than they are known here."""
        self._add(
            "older",
            f"""
            SELECT seen.id
            FROM seen
            JOIN {self.entity} AS known ON known.id = seen.id
            WHERE known.updated_at > seen.updated_at
            """,
        )

    def add_absent(self, *lists: str) -> None:
        """Live rows that are in none of the temporary tables."""
        nowhere = " ".join(f"AND id NOT IN (SELECT id FROM temp.{table})" for table in lists)
        self._add(
            "absent",
            f"""
            SELECT id
            FROM {self.entity}
            WHERE deleted_at IS NULL AND coalesce(created_at, :listed_since) >= :listed_since {nowhere}
            """,
        )

    def add_drift(self, listed: str) -> None:
        """What a temporary table has and the database has not, or has as of another time."""
        self._add("listed", f"{self._missing(listed, '<')} UNION ALL {self._stale(listed)}")

    def drift(self, listed: str, checked: int) -> Drift:
        """What is missing and stale here beside a temporary table; what is deleted is still in doubt."""
        return Drift(checked, self._count(self._missing(listed, "<")), self._count(self._stale(listed)))

    def later(self, listed: str) -> int:
        """How many a temporary table has that are not here yet because they are the next window's."""
        return self._count(self._missing(listed, ">="))

    def pages(self, size: int) -> Iterator[list[int]]:
        """The ids to ask for, ``size`` at a time."""
        query = "SELECT id FROM doubts WHERE id > ? ORDER BY id LIMIT ?"
        ids = [row[0] for row in self.db.execute(query, (-(2**63), size))]
        while ids:
            yield ids
            ids = [row[0] for row in self.db.execute(query, (ids[-1], size))]

    def note_given(self, ids: Iterable[int]) -> None:
        """The store has these."""
        self.db.executemany("UPDATE doubts SET given = 1 WHERE id = ?", ((each,) for each in ids))

    def gone(self) -> Iterator[int]:
        """Ids that the store has given nothing for; what it has just listed is left to the next sweep."""
        found = self.db.execute("SELECT id FROM doubts WHERE NOT given AND cause <> 'listed' ORDER BY id")
        yield from (row[0] for row in found)

    def gone_unnoticed(self) -> int:
        """How many of them nothing but their absence from a list had told of."""
        return self._count("SELECT id FROM doubts WHERE NOT given AND cause = 'absent'")

    def _missing(self, listed: str, compared: str) -> str:
        return f"""
            SELECT id
            FROM temp.{listed} AS listed
            WHERE coalesce(updated_at, '') {compared} :due
              AND NOT EXISTS (
                  SELECT 1 FROM {self.entity} AS known WHERE known.id = listed.id AND deleted_at IS NULL
              )
              AND NOT EXISTS (
                  SELECT 1 FROM rejected_records WHERE entity = :entity AND record_id = listed.id
              )
            """

    def _stale(self, listed: str) -> str:
        return f"""
            SELECT listed.id
            FROM temp.{listed} AS listed
            JOIN {self.entity} AS known ON known.id = listed.id AND known.deleted_at IS NULL
            WHERE known.updated_at <> listed.updated_at AND listed.updated_at < :due
            """

    def _add(self, cause: str, select: str) -> None:
        self.db.execute(
            f"INSERT OR IGNORE INTO doubts (id, cause) SELECT *, '{cause}' FROM ({select})", self.limits
        )

    def _count(self, select: str) -> int:
        return int(self.db.execute(f"SELECT count(*) FROM ({select})", self.limits).fetchone()[0])
