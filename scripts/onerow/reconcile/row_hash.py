"""A 64-bit hash of a row as an expression of PostgreSQL. Equal rows hash alike; others do so at odds of 1 to 2^64."""

from collections.abc import Iterable
from typing import Final

from psycopg import sql

from onerow.reconcile.kinds import Type

# Each value is hashed with a seed of its column, and the hash of the row is that of their exclusive or: mixed, so that
# two rows which swap a value do not have the same sum. hash_record_extended would be shorter and is not enough: it only
# adds its values up; PostgreSQL hashes a number without its sign; and of a bigint or a time it takes 32 bits. What the
# hash of a type leaves out is therefore hashed as well. All are strict: of NULL they are NULL.
_VALUES: Final = {
    # The upper half.
    "integer": "hashint8extended({value}, ({value} >> 32) # {seed})",
    # The sign. The digits are mixed with it: of 1 and 10000 they hash alike but for the last bit.
    "decimal": "hashint8extended(case when {value} < 0 then 1 when {value} = 'NaN' then 2 else 0 end,"
    " hash_numeric_extended({value}, {seed}))",
    "float": "hashfloat8extended({value}, {seed})",
    # The upper half: which stretch of 2^32 microseconds after PostgreSQL's zero. Of earlier times the seconds as a
    # float tell as much.
    "time": "timestamptz_hash_extended({value}, case when {value} >= timestamptz '2000-01-01Z'"
    " then timestamptz_hash_extended(date_bin('4294.967296 s', {value}, timestamptz '2000-01-01Z'), {seed})"
    " else hashfloat8extended(date_part('epoch', {value}), {seed}) end)",
    # As a float, seconds tell microseconds apart for 2^33 s from 1970 on, and before it.
    "time_before_18": "case when {value} between timestamptz '1700-01-01Z' and timestamptz '2240-01-01Z'"
    " then hashfloat8extended(date_part('epoch', {value}), {seed})"
    ' else hashtextextended({value}::text collate "C", {seed}) end',
    "boolean": "hashint8extended({value}::integer, {seed})",
    "uuid": "uuid_hash_extended({value}, {seed})",
    "text": 'hashtextextended({value} collate "C", {seed})',
}
_TYPED: Final = {
    "integer": ("integer", "{}::bigint"),
    "decimal": ("decimal", "{}::numeric"),
    "float": ("float", "{}::float8"),
    "time": ("time", "{}::timestamptz"),
    "boolean": ("boolean", "{}"),
    "uuid": ("uuid", "{}"),
    # Texts of one JSON value may differ in the digits of a number: then the rows are fetched, and compared by value.
    "json": ("text", "to_jsonb({})::text"),
    "bytes": ("text", "encode({}, 'hex')"),
    "text": ("text", "{}::text"),
}
# The first PostgreSQL that has timestamptz_hash_extended.
_HASHES_TIMES: Final = 180_000
# The number of a column is in the upper half of its seed: the lower one is free for that of a bigint.
_SEED: Final = 1 << 32
# What is NULL hashes as no value of any column does.
_NULL: Final = 1 << 20


def row_hash(columns: Iterable[tuple[str, Type]], server_version: int) -> sql.Composable | None:
    """Return the hash of these columns, each with the type in which it is compared; None if a hash cannot tell.

    Rows that are equal as they are compared may hash unlike, never the other way round. `server_version` is that of the
    older server, as libpq has it.
    """
    hashes = []
    for number, (name, common) in enumerate(columns, start=1):
        if common.is_text and common.kind != "text":
            return None  # what the text means is known after reading it
        of, cast = _TYPED[common.kind]
        if of == "time" and server_version < _HASHES_TIMES:
            of = "time_before_18"
        value = sql.SQL(cast).format(sql.Identifier(name))
        hashed = sql.SQL(_VALUES[of]).format(value=value, seed=sql.Literal(number * _SEED))
        null = sql.SQL(f"hashint8extended(0, {(number + _NULL) * _SEED})")  # folded to a constant
        hashes.append(sql.SQL("coalesce({}, {})").format(hashed, null))
    return sql.SQL("hashint8extended(0, {})").format(sql.SQL(" # ").join(hashes))
