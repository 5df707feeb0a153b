"""Surrogate keys: deterministic ids of records from their natural keys, equal in PostgreSQL, DuckDB and Python.

The macro onerow.surrogate_key is the form for PostgreSQL; docs/reference/keys.md defines the recipe.
"""

import hashlib
import json
import reprlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args
from uuid import UUID

from onerow.errors import KeyFieldRefused, WrongUse

Format = Literal["hex", "uuid"]

# Types whose text in DuckDB is the canonical one.
_DUCKDB_PLAIN = (
    "'VARCHAR', 'BOOLEAN', 'UUID', 'DATE', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', "
    "'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT'"
)


def surrogate_key(record: Mapping[str, Any], fields: Sequence[str], format: Format = "hex") -> str:
    """Return the surrogate key of a record: 64 hexadecimal digits, or a version 8 UUID in its usual text form.

    Values are str, int, Decimal, bool, UUID, date, datetime or None. Numbers count by value: 1.0 equals 1.00.
    A datetime with a zone is an instant; one without is a timestamp without time zone, and never equal to an instant.
    The order of the fields does not matter.

    Raises:
        KeyFieldRefused: the record lacks a field, or its value has no canonical text (a float, for instance).
        WrongUse: fields or format cannot work; the message lists everything that is wrong.
    """
    _check(fields, format)
    texts = {field: _text_of(record, field) for field in fields}
    digest = hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode())
    if format == "hex":
        return digest.hexdigest()
    bits = int.from_bytes(digest.digest()[:16])
    bits = bits & ~(0xF << 76) | 8 << 76  # RFC 9562: version 8
    bits = bits & ~(0x3 << 62) | 2 << 62  # and its variant
    return str(UUID(int=bits))


def canonical_text(value: str | int | Decimal | bool | UUID | date | datetime | None) -> str | None:  # noqa: PLR0911 - one a type
    """Return the one text of a value in key recipe 1, None for None.

    Raises:
        TypeError: the type has no canonical text.
        ValueError: the value has none: a text that is not Unicode, an instant that has no year from 1 to 9999 in UTC.
    """
    match value:
        case None:
            return None
        case str():
            value.encode()  # a lone surrogate is no text
            return value
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return _plain_number(Decimal(value))
        case UUID():
            return str(value)
        case datetime() if value.tzinfo is None:
            return _iso(value)
        case datetime():
            try:
                return _iso(value.astimezone(UTC).replace(tzinfo=None)) + "+00:00"
            except OverflowError:
                raise ValueError("it is not in the years 1 to 9999 in UTC") from None
        case date():
            return value.isoformat()
    raise TypeError(f"recipe 1 has no text for the type {type(value).__name__}")


def duckdb_surrogate_key(fields: Sequence[str] | Mapping[str, str], format: Format = "hex") -> str:
    """Return a DuckDB SQL expression for the surrogate key of a row: a VARCHAR, or a UUID.

    `fields` names the columns of the natural key, or maps each field's name in the key to an SQL expression, where the
    column needs an alias or a cast. A field whose type has no canonical text is refused by DuckDB when the query runs.

    Raises:
        WrongUse: fields or format cannot work; the message lists everything that is wrong.
    """
    _check(fields, format)
    expressions = fields if isinstance(fields, Mapping) else {field: _quoted(field) for field in fields}
    members = ", ', ', ".join(
        f"{_literal(json.dumps(field, ensure_ascii=False) + ': ')}, {_duckdb_json(field, expressions[field])}"
        for field in sorted(expressions)
    )
    digest = f"sha256(concat('{{', {members}, '}}'))"
    if format == "hex":
        return digest
    # As above, in hexadecimal digits: the 13th is the version, the top of the 17th the variant.
    variant = "translate(substr(digest, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab')"
    uuid = f"concat(substr(digest, 1, 12), '8', substr(digest, 14, 3), {variant}, substr(digest, 18, 15))::uuid"
    return f"list_transform([{digest}], lambda digest: {uuid})[1]"


def _check(fields: Sequence[str] | Mapping[str, str], format: str) -> None:
    """Find everything that is wrong with the arguments of a key."""
    names = [] if isinstance(fields, str) else list(fields)
    problems = [] if names else [f"fields: a non-empty list of fields, not {fields!r}"]
    problems += [f"fields: each is the name of a field, not {name!r}" for name in names if not _is_text(name)]
    times = Counter(name for name in names if _is_text(name))
    problems += [f"fields: {name!r} is named {count} times" for name, count in times.items() if count > 1]
    if isinstance(fields, Mapping):
        wrong = [name for name in names if not _is_text(fields[name])]
        problems += [f"fields: {name!r} needs an SQL expression, not {fields[name]!r}" for name in wrong]
    if format not in get_args(Format):
        problems.append(f"format: 'hex' or 'uuid', not {format!r}")
    if problems:
        raise WrongUse("surrogate_key: " + "; ".join(problems))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _text_of(record: Mapping[str, Any], field: str) -> str | None:
    if field not in record:
        raise KeyFieldRefused(field, "the record lacks it; give None where it has no value")
    try:
        return canonical_text(record[field])
    except (TypeError, ValueError) as error:
        raise KeyFieldRefused(field, f"{reprlib.repr(record[field])}: {error}") from error


def _plain_number(number: Decimal) -> str:
    """Write a number by value, without an exponent, as trim_scale does in PostgreSQL."""
    if not number.is_finite():
        return "NaN" if number.is_nan() else str(number)
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _iso(timestamp: datetime) -> str:
    """Write a timestamp in ISO 8601, with no more of a fraction than it has."""
    text = timestamp.isoformat(timespec="microseconds")
    return text.rstrip("0").rstrip(".") if timestamp.microsecond else text.removesuffix(".000000")


def _duckdb_json(field: str, expression: str) -> str:
    """Return a DuckDB expression for the value as JSON, in the bytes of Python's json.dumps."""
    value = f"({expression})"
    text = f"{value}::varchar"
    iso = f"replace({text}, ' ', 'T')"
    # The session's TimeZone has no say here: UTC is named.
    instant = f"replace(({value}::timestamptz at time zone 'UTC')::varchar, ' ', 'T') || '+00:00'"
    refusal = _literal(f"surrogate_key: field {field} needs a cast, for recipe 1 has no text for the type ")
    canonical = (
        f"case when typeof({value}) in ({_DUCKDB_PLAIN}) then {text}"
        f" when typeof({value}) like 'DECIMAL(%' then"
        f" case when contains({text}, '.') then rtrim(rtrim({text}, '0'), '.') else {text} end"
        f" when typeof({value}) in ('TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS') then {iso}"
        f" when typeof({value}) = 'TIMESTAMP WITH TIME ZONE' then {instant}"
        f" else error({refusal} || typeof({value})) end"
    )
    # DuckDB writes \u001F, Python and PostgreSQL \u001f. An escaped backslash may stand before the text u001F, so those
    # pairs step aside while the escapes are lower-cased: chr(1) cannot occur in JSON, where it would be escaped.
    lowered = "replace(json, '\\\\', chr(1))"
    for code in (0x0B, 0x0E, 0x0F, *range(0x1A, 0x20)):
        lowered = f"replace({lowered}, '\\u{code:04X}', '\\u{code:04x}')"
    lowered = f"case when contains(json, '\\u00') then replace({lowered}, chr(1), '\\\\') else json end"
    return f"coalesce(list_transform([to_json({canonical})::varchar], lambda json: {lowered})[1], 'null')"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
