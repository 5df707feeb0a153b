"""A 64-bit hash of a row as an expression of PostgreSQL. Equal rows hash alike; others do so at odds of 1 to 2^64."""

from collections.abc import Iterable
from typing import Final

from psycopg import sql

from onerow.reconcile.kinds import Type

# Each value is hashed with the hash of those before it as its seed, in one long chain. hash_record_extended would be
# shorter and is not enough: it adds its values up, so that two rows which swap a value have the same sum; PostgreSQL
# hashes a number without its sign; and of a bigint or a time it takes 32 bits. What the hash of a type leaves out is
# therefore put into the seed as well, in bits that set it apart.
_FIRST: Final = sql.SQL("7")
_APART: Final = tuple(str(number << 32) for number in (1, 2, 3))
# Above the upper half of any bigint.
_NO_UPPER_HALF: Final = str(1 << 40)

_NULL: Final = f"case when {{column}} is null then {_APART[0]} else 0 end"
_VALUES: Final = {
    "integer": f"hashint8extended(coalesce({{value}}, 0), {{seed}} # coalesce({{value}} >> 32, {_NO_UPPER_HALF}))",
    "decimal": "hash_numeric_extended(coalesce({value}, 0), {seed} # case"
    f" when {{value}} < 0 then {_APART[0]} when {{value}} = 'NaN' then {_APART[1]} when {{column}} is null then"
    f" {_APART[2]} else 0 end)",
    "float": f"hashfloat8extended(coalesce({{value}}, 0), {{seed}} # {_NULL})",
    "time": "timestamptz_hash_extended(coalesce({value}, 'epoch'),"
    " hashfloat8extended(coalesce(date_part('epoch', {value}), 'NaN'), {seed}))",
    "boolean": "hashint8extended(case when {value} then 1 when not {value} then 0 else 2 end, {seed})",
    "uuid": f"uuid_hash_extended(coalesce({{value}}, '00000000-0000-0000-0000-000000000000'), {{seed}} # {_NULL})",
    "text": f"""hashtextextended(coalesce({{value}}, '') collate "C", {{seed}} # {_NULL})""",
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


def row_hash(columns: Iterable[tuple[str, Type]]) -> sql.Composable | None:
    """Return the hash of these columns, each with the type in which it is compared; None if a hash cannot tell.

    Rows that are equal as they are compared may hash unlike, never the other way round.
    """
    hashed: sql.Composable = _FIRST
    for name, common in columns:
        if common.is_text and common.kind != "text":
            return None  # what the text means is known after reading it
        of, cast = _TYPED[common.kind]
        column = sql.Identifier(name)
        hashed = sql.SQL(_VALUES[of]).format(value=sql.SQL(cast).format(column), column=column, seed=hashed)
    # The last value has to be mixed as well: the hash of the number 0 is its seed less 1.
    return sql.SQL("hashint8extended(0, {})").format(hashed)
