"""Files as careless and as hostile senders deliver them, and what is to become of each."""

import gzip
import json
import struct
from dataclasses import dataclass
from pathlib import Path

import duckdb

from onerow.landing.compression import zstd

Row = tuple[str | None, ...]
MIB = 2**20


@dataclass(frozen=True)
class Delivery:
    """A file's name and bytes; the device and site of each row that lands; how many lines become dead letters.

    `refused` is part of the message, where the file is refused as a whole.
    """

    name: str
    content: bytes
    rows: tuple[Row, ...] = ()
    letters: int = 0
    refused: str | None = None


def csv(name: str, text: str | bytes, *rows: Row, letters: int = 0, refused: str | None = None) -> Delivery:
    """Return a CSV file."""
    content = text if isinstance(text, bytes) else text.encode()
    return Delivery(f"{name}.csv", content, rows, letters, refused)


def rows_csv(name: str, text: str, *rows: Row, letters: int = 0) -> Delivery:
    """Return a CSV file of devices and sites."""
    return csv(name, "device_id,site\n" + text, *rows, letters=letters)


def jsonl(name: str, text: str | bytes, *rows: Row, letters: int = 0) -> Delivery:
    """Return a JSON Lines file."""
    content = text if isinstance(text, bytes) else text.encode()
    return Delivery(f"{name}.jsonl", content, rows, letters)


def parquet(folder: Path, query: str) -> bytes:
    """Return a Parquet file of a query's rows."""
    file = folder / "made.parquet"
    duckdb.sql(f"copy ({query}) to '{file}' (format parquet)")
    return file.read_bytes()


def bomb(size: int) -> bytes:
    """Return a gzip file of one line of zeros."""
    return gzip.compress(b"device_id,site\n" + b"0" * size + b",x\n")


def corpus(folder: Path) -> list[Delivery]:
    """Return all files. `folder` is for making some of them."""
    good = b"device_id,site\na,x\nb,y\n"
    many = ",".join(f"c{number}" for number in range(5_000))
    long_name = "n" * 1_000
    whole_parquet = parquet(folder, "select 'a' as device_id, 'x' as site")
    return [
        # ---------- what precedes the first row
        csv("byte order mark", "\ufeffdevice_id,site\na,x\n", ("a", "x")),
        csv("empty", b"", refused="header"),
        csv("header only", "device_id,site\n"),
        csv("header without its line end", "device_id,site"),
        csv("only a line end", "\n", refused="header"),
        csv("duplicate header", "device_id,site,site\na,x,y\n", refused="site"),
        csv("blank header", "device_id,,site\na,b,x\n", refused="name"),
        csv("header without the key", "site,model\nx,m\n", refused="device_id"),
        csv("semicolons", "device_id;site\na;x\n", refused="device_id"),
        csv("tabs", "device_id\tsite\na\tx\n", refused="device_id"),
        csv("NUL in the header", "device_id,si\0te\na,x\n", refused="NUL"),
        csv("header in capitals", "DEVICE_ID,SITE\na,x\n", refused="device_id"),
        csv("header in quotes", '"device_id","site"\na,x\n', ("a", "x")),
        csv("header never closed", '"device_id,site\na,x\n', refused="quote"),
        csv("columns in another order", "site,device_id\nx,a\n", ("a", "x")),
        csv("SQL in a name", 'device_id,"x""; drop table landing.devices; --"\na,1\n', ("a", None)),
        csv("a name of 1,000 characters", f"device_id,{long_name}\na,1\n", ("a", None)),
        csv("our own columns", "device_id,_batch_no,_line_number\na,7,7\n", ("a", None)),
        csv("5,000 columns", f"device_id,{many}\na,{many}\n", ("a", None)),
        # ---------- encodings
        csv("UTF-16", "device_id,site\na,x\n".encode("utf-16"), refused="UTF-8"),
        csv("UTF-16 without a mark", "device_id,site\na,x\n".encode("utf-16-le"), refused=""),
        csv("UTF-32", "device_id,site\na,x\n".encode("utf-32"), refused="UTF-8"),
        csv("Latin-1", "device_id,site\na,Zürich\n".encode("latin-1"), refused="UTF-8"),
        csv("overlong NUL", b"device_id,site\na,\xc0\x80\n", refused="UTF-8"),
        csv("half of a surrogate pair", b"device_id,site\na,\xed\xa0\x80\n", refused="UTF-8"),
        csv("cut within a character", b"device_id,site\na,\xf0\x9f\x98", refused="UTF-8"),
        csv("an archive by the wrong name", b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xff\xfe", refused=""),
        # ---------- lines and quotes
        rows_csv("CRLF and LF", "a,x\r\nb,y\n", ("a", "x"), ("b", "y")),
        csv("CR only", "device_id,site\ra,x\rb,y\r", refused=""),
        rows_csv("no line end at the end", "a,x", ("a", "x")),
        rows_csv("blank lines", "\n\na,x\n\n", ("a", "x")),
        rows_csv("NUL in a value", "a,\0\nb,y\n", ("b", "y"), letters=1),
        rows_csv("too few and too many", "a\nb,y\nc,z,z\n", ("b", "y"), letters=2),
        rows_csv("a delimiter too many", "a,x,\n", letters=1),
        rows_csv("a lone quote", 'a,"\nb,y\n', ("b", "y"), letters=1),
        rows_csv("a quote inside", 'a,x"y\n', ("a", 'x"y')),
        rows_csv("text after a quote", '"a"b,x\nc,z\n', ("c", "z"), letters=1),
        rows_csv("embedded line ends", '"a\nb","x\r\ny"\n', ("a\nb", "x\r\ny")),
        rows_csv("only quotes", '"""","",\n"""",""\n', ('"', None), letters=1),
        rows_csv("999 lone quotes", 'a,"\n' * 999, *[("a", "\na,")] * 499, letters=1),
        rows_csv("line separators of Unicode", "a,x\u2028y\u0085z\x0b\x0c\n", ("a", "x\u2028y\u0085z\x0b\x0c")),
        rows_csv("a value of 10 MB", f"a,{'v' * 10 * MIB}\n", ("a", "v" * 10 * MIB)),
        csv("a line of 20 MB", "device_id,site\na," + "v" * 20 * MIB, refused="16 MiB"),
        # ---------- values
        rows_csv("the end marker of COPY", "\\.,x\n\\.\n", ("\\.", "x"), letters=1),
        rows_csv("the NULL of COPY", "\\N,x\n", ("\\N", "x")),
        rows_csv("escapes of COPY", "\\t\\n\\x41,\\\\\n", ("\\t\\n\\x41", "\\\\")),
        rows_csv("SQL", "'); drop table landing.devices; --,x\n", ("'); drop table landing.devices; --", "x")),
        rows_csv("a formula", "=cmd|'/C calc'!A0,@x\n", ("=cmd|'/C calc'!A0", "@x")),
        rows_csv("right to left", "\u202ea,\u200f\u05d0\n", ("\u202ea", "\u200f\u05d0")),
        rows_csv("control characters", "\x1b[31ma,\x07\x08\n", ("\x1b[31ma", "\x07\x08")),
        rows_csv("Jinja and format strings", "{{ 1 }},%s{}\n", ("{{ 1 }}", "%s{}")),
        # ---------- compression
        Delivery("two members.csv.gz", gzip.compress(good[:20]) + gzip.compress(good[20:]), (("a", "x"), ("b", "y"))),
        Delivery("truncated.csv.gz", gzip.compress(good * 100)[:-9], refused="gzip"),
        Delivery("wrong checksum.csv.gz", gzip.compress(good)[:-8] + bytes(8), refused="gzip"),
        Delivery("plain text.csv.gz", good, refused="gzip"),
        Delivery("empty.csv.gz", b"", refused=""),
        Delivery("garbage behind.csv.gz", gzip.compress(good) + b"garbage", refused="gzip"),
        Delivery("a bomb.csv.gz", bomb(100 * MIB), refused="16 MiB"),
        Delivery("truncated.csv.zst", zstd.compress(good * 100)[:-5], refused="zstd"),
        Delivery("plain text.csv.zst", good, refused="zstd"),
        Delivery("two frames.csv.zst", zstd.compress(good[:20]) + zstd.compress(good[20:]), (("a", "x"), ("b", "y"))),
        # ---------- JSON Lines
        jsonl("byte order mark", '\ufeff{"device_id": "a"}\n', ("a", None)),
        jsonl("empty", b""),
        jsonl("an empty object", "{}\n", (None, None)),
        jsonl("a name twice", '{"device_id": "a", "device_id": "b"}\n{"device_id": "c"}\n', ("c", None), letters=1),
        jsonl("deep nesting", '{"device_id": ' + "[" * 200_000 + "\n" + '{"device_id": "c"}\n', ("c", None), letters=1),
        jsonl("deep and closed", '{"device_id": "a", "site": ' + "[" * 5_000 + "]" * 5_000 + "}\n", letters=1),
        jsonl("NaN and Infinity", '{"device_id": NaN}\n{"device_id": -Infinity}\n', letters=2),
        jsonl("a huge integer", '{"device_id": ' + "9" * 400 + "}\n", ("9" * 400, None)),
        jsonl("an integer of 5,000 digits", '{"device_id": ' + "9" * 5_000 + "}\n", ("9" * 5_000, None)),
        jsonl(
            "digits that a float loses",
            '{"device_id": 0.10000000000000000555, "site": 1e400}\n',
            ("0.10000000000000000555", "1e400"),
        ),
        jsonl("no objects", '[1]\n"a"\n1\nnull\n', letters=4),
        jsonl("an array over lines", '[\n{"device_id": "a"},\n{"device_id": "b"}\n]\n', ("b", None), letters=3),
        jsonl("two objects in a line", '{"device_id": "a"}{"device_id": "b"}\n', letters=1),
        jsonl("a comma too many", '{"device_id": "a",}\n', letters=1),
        jsonl("an escaped NUL", '{"device_id": "a\\u0000b"}\n', letters=1),
        jsonl("half of an escaped pair", '{"device_id": "\\ud800"}\n', letters=1),
        jsonl("an escaped pair", '{"device_id": "\\ud83d\\ude00"}\n', ("😀", None)),
        jsonl(
            "values of all kinds",
            '{"device_id": true, "site": {"a": [1, 1.0, null]}}\n',
            ("true", '{"a":[1,1.0,null]}'),
        ),
        jsonl(
            "names of all kinds", json.dumps({"device_id": "a", '"; --': 1, "": 2, "__proto__": 3}) + "\n", ("a", None)
        ),
        jsonl("5,000 names", json.dumps({"device_id": "a", **{f"c{n}": n for n in range(5_000)}}) + "\n", ("a", None)),
        jsonl("CRLF and blank lines", '{"device_id": "a"}\r\n\r\n  \n{"device_id": "b"}', ("a", None), ("b", None)),
        # ---------- Parquet
        Delivery("whole.parquet", whole_parquet, (("a", "x"),)),
        Delivery("empty.parquet", b"", refused=""),
        Delivery("truncated.parquet", whole_parquet[:-20], refused=""),
        Delivery("only marks.parquet", b"PAR1" + struct.pack("<I", 2**31 - 1) + b"PAR1", refused=""),
        Delivery(
            "a footer of nonsense.parquet", b"PAR1" + bytes(range(256)) + struct.pack("<I", 256) + b"PAR1", refused=""
        ),
        Delivery("text.parquet", good, refused=""),
        Delivery("without the key.parquet", parquet(folder, "select 1 as site"), refused="device_id"),
        Delivery("no rows.parquet", parquet(folder, "select 'a' as device_id where false")),
        Delivery(
            "nested.parquet",
            parquet(folder, "select 'a' as device_id, [{'k': 1, 'l': null}] as site"),
            (("a", '[{"k":1,"l":null}]'),),
        ),
        Delivery("NUL.parquet", parquet(folder, "select 'a' as device_id, chr(0) as site"), letters=1),
    ]
