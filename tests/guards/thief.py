"""The thief of confidentiality.md, section 4: owner of the database, with its files, its WAL and every log and message.

He takes what he can get (:func:`loot`, :class:`Wal`, :func:`tuples_on_disk`), puts people in an order and rows in an
order, and pairs them by rank. Never imported by the product.
"""

from __future__ import annotations

import math
import re
import struct
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from config import embedded

# -- what he takes ---------------------------------------------------------------------------------------------------


def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall()


def data_directory() -> Path | None:
    """The cluster's folder, if it lies on this machine and may be read."""
    try:
        folder = Path(query("SHOW data_directory")[0][0])
        return folder if (folder / "pg_wal").is_dir() and any((folder / "pg_wal").iterdir()) else None
    except (OSError, DatabaseError):
        return None


def relation_file(name: str) -> Path:
    folder = data_directory()
    assert folder is not None
    return folder / query("SELECT pg_relation_filepath(%s)", name)[0][0]


@dataclass(frozen=True)
class Tuple:
    """One row version as it lies on a page, dead or alive. ``body``: the bytes after its header."""

    block: int
    line: int
    offset: int
    xmin: int
    xmax: int
    body: bytes


def tuples_on_disk(name: str) -> list[Tuple]:
    """Every row version in the table's file, whatever the database still shows of it."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    whole = relation_file(name).read_bytes()
    found = []
    for block in range(len(whole) // 8192):
        page = whole[block * 8192 : (block + 1) * 8192]
        lower = struct.unpack_from("<H", page, 12)[0]
        for line, at in enumerate(range(24, lower, 4), 1):
            pointer = struct.unpack_from("<I", page, at)[0]
            offset, flags, length = pointer & 0x7FFF, pointer >> 15 & 3, pointer >> 17
            if flags != 1 or not length:
                continue
            xmin, xmax = struct.unpack_from("<II", page, offset)
            header = page[offset + 22]
            found.append(Tuple(block, line, offset, xmin, xmax, page[offset + header : offset + length]))
    return found


RECORD = re.compile(
    r"rmgr: (?P<rmgr>\w+)\s+len.*?tx:\s+(?P<tx>\d+), lsn: (?P<lsn>[0-9A-F/]+), prev [0-9A-F/]+, desc: (?P<desc>.*)"
)
RELATION = re.compile(r"rel \d+/(\d+)/(\d+)")


@dataclass(frozen=True)
class Record:
    at: int
    rmgr: str
    tx: int
    verb: str
    relations: tuple[str, ...]


def slot() -> str:
    """Slots belong to the whole cluster."""
    return "thief_" + re.sub(r"[^a-z0-9_]", "_", str(connection.settings_dict["NAME"]).lower())


@dataclass
class Wal:
    """The write-ahead log from one moment on. A slot keeps PostgreSQL from recycling it meanwhile."""

    begun: str = ""
    names: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        self.end()
        query("SELECT pg_create_physical_replication_slot(%s, true)", slot())
        self.begun = query("SELECT pg_current_wal_lsn()::text")[0][0]

    def end(self) -> None:
        query("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", slot())

    def learn_names(self) -> None:
        """Which file is which table: to be asked before a table is dropped."""
        rows = query("SELECT pg_relation_filenode(oid)::text, relname FROM pg_class WHERE relkind IN ('r', 't', 'i')")
        self.names.update({number: name for number, name in rows if number})
        rows = query(
            "SELECT pg_relation_filenode(t.oid)::text, 'toast of ' || c.relname FROM pg_class c"
            " JOIN pg_class t ON t.oid = c.reltoastrelid"
        )
        self.names.update({number: name for number, name in rows if number})

    def records(self) -> list[Record]:
        """What pg_waldump tells of this database."""
        query("SELECT pg_switch_wal()")
        end = query("SELECT pg_current_wal_lsn()::text")[0][0]
        database = str(query("SELECT oid FROM pg_database WHERE datname = current_database()")[0][0])
        folder = data_directory()
        command = [
            str(embedded.postgres_binaries() / "pg_waldump"),
            "-p",
            f"{folder}/pg_wal",
            "-s",
            self.begun,
            "-e",
            end,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        found = []
        for at, line in enumerate(process.stdout):  # other tests write to the same log: read as it comes
            if not (match := RECORD.match(line)):
                continue
            relations = RELATION.findall(line)
            mine = tuple(self.names.get(number, "") for owner, number in relations if owner == database)
            if mine or match["rmgr"] == "Transaction":
                verb = match["desc"].split()[0]
                found.append(Record(at, match["rmgr"], int(match["tx"]), verb, mine))
        process.wait()
        return found

    def bytes(self) -> bytes:
        """The segments themselves since the beginning."""
        folder = data_directory()
        assert folder is not None
        first = query("SELECT pg_walfile_name(%s::pg_lsn)", self.begun)[0][0]
        names = sorted(path for path in (folder / "pg_wal").iterdir() if re.fullmatch(r"[0-9A-F]{24}", path.name))
        return b"".join(path.read_bytes() for path in names if path.name >= first)


def everything_said(mail: Iterable[str] = ()) -> dict[str, bytes]:
    """All that is neither table nor WAL: logs, queues and caches, statistics, the audit trail, mails."""
    said: dict[str, bytes] = {"mails": "\n".join(mail).encode()}
    folder = data_directory()
    for place in {Path(settings.DATA_DIR) / "log", folder.parent / "log" if folder else Path("/nowhere")}:
        for path in place.glob("*") if place.is_dir() else ():
            said[f"log {path}"] = path.read_bytes()[-5_000_000:]
    broker = redis.Redis.from_url(
        settings.BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host", "db")
    )
    said["redis"] = b"\n".join(key + b" " + (broker.dump(key) or b"") for key in broker.keys("*"))
    for view in ("pg_stat_activity", "pg_stats", "pg_stat_user_tables", "pg_prepared_statements", "pg_cursors"):
        said[view] = repr(query(f"SELECT * FROM {view}")).encode()
    said["audit"] = repr(query("SELECT * FROM culture_auditentry")).encode()
    return said


# -- what he does with it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """One pairing of an order of people with an order of rows."""

    people: str
    rows: str
    backwards: bool
    right: int
    of: int

    def __str__(self) -> str:
        way = " backwards" if self.backwards else ""
        return f"{self.rows}{way} against {self.people}: {self.right} of {self.of}"


def pair_by_rank(
    groups: Sequence[tuple[Sequence[Any], Sequence[Any]]],
    people_orders: Mapping[str, Mapping[Any, Any]],
    row_orders: Mapping[str, Mapping[Any, Any]],
    truth: Mapping[Any, Any],
) -> list[Attack]:
    """Every order of people against every order of rows, both ways, within each group (people, rows).

    ``truth``: row → its person. Whoever knows nothing gets about one right in each group, whatever its size.
    """
    found = []
    for by_people, of_person in people_orders.items():
        for by_rows, of_row in row_orders.items():
            for backwards in (False, True):
                right = total = 0
                for people, rows in groups:
                    mine = sorted((p for p in people if p in of_person), key=lambda p: of_person[p])
                    theirs = sorted((r for r in rows if r in of_row), key=lambda r: of_row[r], reverse=backwards)
                    right += sum(truth[row] == person for row, person in zip(theirs, mine, strict=False))
                    total += min(len(mine), len(theirs))
                found.append(Attack(by_people, by_rows, backwards, right, total))
    return found


def chance_limit(groups: int, attacks: int, risk: float = 1e-6) -> int:
    """The most an honest product lets any of ``attacks`` pairings get right, but for bad luck of ``risk`` altogether.

    The right ones of a random pairing within a group are its fixed points: about Poisson with mean 1, whatever the
    group's size; of independent groups Poisson with their number as mean. Bonferroni over all attacks.
    """
    mean, each = float(groups), risk / max(1, attacks)
    term, k = math.exp(-mean), 0
    total = term
    while 1.0 - total > each and k < 10_000:
        k += 1
        term *= mean / k
        total += term
    return k


def best(attacks: Iterable[Attack]) -> Attack:
    return max(attacks, key=lambda attack: attack.right)


def told_by_number(numbers: Mapping[Any, float], yes: Iterable[Any]) -> float:
    """How well a number tells who belongs to ``yes``: the area under the curve, 0.5 is chance, 1 or 0 is certainty."""
    inside = set(yes)
    ones = [numbers[one] for one in numbers if one in inside]
    others = [numbers[one] for one in numbers if one not in inside]
    wins = sum((a > b) + 0.5 * (a == b) for a in ones for b in others)
    return wins / (len(ones) * len(others))


def by_transaction(records: Iterable[Record], relation: str, verbs: Iterable[str]) -> dict[int, int]:
    """Transaction → where in the WAL it first touched the relation in this way."""
    wanted, found = set(verbs), {}
    for record in records:
        if record.verb in wanted and relation in record.relations:
            found.setdefault(record.tx, record.at)
    return found


def count_by_transaction(records: Iterable[Record], relation: str) -> dict[int, int]:
    counts: defaultdict[int, int] = defaultdict(int)
    for record in records:
        counts[record.tx] += relation in record.relations
    return dict(counts)
