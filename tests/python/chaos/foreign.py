"""A writer that knows nothing of onerow: plain INSERT and UPDATE of a mart, with versions of its own.

What must remain of it is determined: it changes a row only to a greater version, as a load does, and no two versions
of it are equal, nor equal to a delivered one. So of each key the greatest version survives, whoever wrote it. What was
committed it writes down in a table of its own, in the same transaction.
"""

import random
import sys
from datetime import UTC, datetime, timedelta

import psycopg

from harness.database import connect
from onerow.server.login import Login

COLUMNS = ("device_id", "model", "firmware", "site", "status", "reported_at")
JOURNAL = """
create schema shop;
create table shop.written (
    device_id text, model text, firmware text, site text, status text, reported_at timestamptz primary key
)
"""
_VALUES = "%(device_id)s, %(model)s, %(firmware)s, %(site)s, %(status)s, %(reported_at)s"
_INSERT = f"""
with written as (
    insert into marts.devices_shared ({", ".join(COLUMNS)}) values ({_VALUES}) returning {", ".join(COLUMNS)}
)
insert into shop.written select * from written
"""
_UPDATE = f"""
with written as (
    update marts.devices_shared
    set model = %(model)s, firmware = %(firmware)s, site = %(site)s, status = %(status)s, reported_at = %(reported_at)s
    where device_id = %(device_id)s and reported_at < %(reported_at)s
    returning {", ".join(COLUMNS)}
)
insert into shop.written select * from written
"""
_EPOCH = datetime(2026, 5, 1, tzinfo=UTC)


def write(login: Login, seed: str, number: int) -> None:
    """Write some transactions, drawn from the seed. `number` is of this run alone and below 20,000."""
    try:
        _write(login, seed, number)
    except psycopg.Error as error:
        sys.exit(str(error))


def _write(login: Login, seed: str, number: int) -> None:
    draw = random.Random(f"{seed}:foreign:{number}")  # noqa: S311 - drawn to be repeated
    written = 0
    with connect(login, autocommit=True, application_name="shop") as connection:
        for _ in range(draw.randint(1, 12)):
            rows = []
            for _ in range(draw.randint(1, 4)):
                written += 1
                rows.append(_drawn_row(draw, number * 50 + written))
            try:
                with connection.transaction():
                    # By key, as any two writers do that do not want to meet in a deadlock.
                    for row in sorted(rows, key=lambda row: row["device_id"]):
                        is_own = row["device_id"].startswith("F-")
                        insert = draw.random() < (0.7 if is_own else 0.3)
                        connection.execute(_INSERT if insert else _UPDATE, row)
            except psycopg.errors.UniqueViolation:
                continue  # the device is there already: the unique index says so to anybody
            except psycopg.errors.UndefinedTable:
                return  # nobody has built the mart yet


def _drawn_row(draw: random.Random, unique: int) -> dict[str, object]:
    device = f"F-{draw.randrange(60):04}" if draw.random() < 0.4 else f"D-{draw.randrange(180):04}"
    return {
        "device_id": device,
        "model": "shop",
        "firmware": str(unique),
        "site": draw.choice((None, "oslo")),
        "status": "active",
        # Delivered times are whole hours.
        "reported_at": _EPOCH + timedelta(hours=draw.randrange(600), microseconds=unique),
    }
