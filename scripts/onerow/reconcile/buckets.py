"""Buckets of rows by their key: which one a row is in, and how PostgreSQL reads the rows of some of them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from psycopg import sql

# The bucket of the rows that have no key.
NULL_KEYS: Final = -1

# Powers of two. Of 2 million rows with 150 differences 7% is fetched; with four times as many buckets PostgreSQL takes
# longer to add up: they do not fit into the cache of the processor. Blocks of neighbours by key mostly lie beside each
# other in the table, so that those in use fit, and 2% is fetched.
_BUCKETS: Final = 2_048
_BUCKETS_OF_BLOCKS: Final = 8_192
_BLOCK_BITS: Final = 6
_CONSTANTS: Final = {
    "bits": sql.Literal(_BLOCK_BITS),
    "neighbours": sql.Literal((1 << _BLOCK_BITS) - 1),
    "null_keys": sql.Literal(NULL_KEYS),
}

_BUCKET: Final = "case when {null} then {null_keys} else {hash} & {mask} end"
_BLOCK_HASH: Final = "hashint8extended({block}, 0)"
_ENDS: Final = "select min({key}) >> {bits}, max({key}) >> {bits} from {relation}"
_NONE: Final = "(select * from {relation} where false) as fetched"
_BY_SCAN: Final = "(select * from {relation} where ({bucket}) = any({buckets})) as fetched"
_BY_INDEX: Final = """(
    select neighbours.*
    from generate_series({first}::bigint, {last}::bigint) as blocks (block)
    inner join {relation} as neighbours
        on neighbours.{key} >= blocks.block << {bits} and neighbours.{key} <= (blocks.block << {bits}) + {neighbours}
    where {hash} & {mask} = any({buckets})
    union all
    select keyless.* from {relation} as keyless where keyless.{key} is null and {null_keys} = any({buckets})
) as fetched"""


class Blocks(NamedTuple):
    """The numbers of the first and the last block of a relation's keys."""

    first: int
    last: int


@dataclass(frozen=True)
class Buckets:
    """The buckets of rows with a key. `bucket` is the number of a row's. A key of one whole number, `block_key`, shares
    its bucket with its neighbours, a block, and those of other blocks.
    """

    bucket: sql.Composable
    block_key: sql.Identifier | None

    def blocks(self, relation: sql.Identifier) -> sql.Composable | None:
        """Return the query for the first and the last block; None if keys do not come in blocks."""
        if self.block_key is None:
            return None
        return _sql(_ENDS, relation=relation, key=self.block_key)

    def rows(self, relation: sql.Identifier, buckets: list[int], blocks: Blocks | None) -> sql.Composable:
        """Return a table expression for the rows of some buckets. With `blocks` an index is asked for those of each."""
        if not buckets:
            return _sql(_NONE, relation=relation)
        parts = {"relation": relation, "buckets": array(buckets)}
        if blocks is None or self.block_key is None:
            return _sql(_BY_SCAN, bucket=self.bucket, **parts)
        parts["hash"] = _sql(_BLOCK_HASH, block=sql.Identifier("blocks", "block"))
        parts |= {name: sql.Literal(value) for name, value in blocks._asdict().items()}
        return _sql(_BY_INDEX, key=self.block_key, mask=sql.Literal(_BUCKETS_OF_BLOCKS - 1), **parts)


def by_key(columns: list[str], key_hash: sql.Composable, *, is_whole_number: bool) -> Buckets:
    """Return the buckets of rows with a key of these columns, which is one whole number or has a hash."""
    names = [sql.Identifier(name) for name in columns]
    null = sql.SQL(" or ").join(sql.SQL("{} is null").format(name) for name in names)
    if is_whole_number:
        block = _sql("{key}::bigint >> {bits}", key=names[0])
        hashed, mask, block_key = _sql(_BLOCK_HASH, block=block), _BUCKETS_OF_BLOCKS - 1, names[0]
    else:
        hashed, mask, block_key = key_hash, _BUCKETS - 1, None
    return Buckets(_sql(_BUCKET, null=null, hash=hashed, mask=sql.Literal(mask)), block_key)


def array(numbers: Iterable[int]) -> sql.Composable:
    """Return an array of numbers."""
    return sql.SQL("{}::bigint[]").format(sql.Literal("{" + ",".join(map(str, numbers)) + "}"))


def _sql(template: str, **parts: Any) -> sql.Composed:
    return sql.SQL(template).format(**_CONSTANTS, **parts)
