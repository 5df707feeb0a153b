"""Memory stays what it is however large, and however broken, a file is."""

import json
import subprocess
import sys
from dataclasses import asdict

import duckdb
import pytest

SIZE = 96 * 1024 * 1024
# What may be held on top of what a small file takes, in KiB. A file that is held as a whole takes at least its size.
BLOCKS = 32 * 1024
# The record that is being read, at the limit of its length: the csv module holds four bytes a character.
RECORD = 128 * 1024
# A row group of Parquet of 12 MiB, in every form that DuckDB gives it on the way to 2,048 rows.
ROW_GROUP = 144 * 1024

LAND = """
import json, re, sys
from pathlib import Path
import psycopg
from onerow.landing.land import land_file
from onerow.project.contract import Column, Source

files, columns, login = json.loads(sys.argv[1])
source = Source("devices", "landing", "devices", tuple(Column(name, "text", False) for name in columns), ("device_id",))
with psycopg.connect(**login, autocommit=True) as connection:
    for file in files:
        landed = land_file(connection, "onerow", source, Path(file))
        # Not ru_maxrss, which begins with the peak of the process that started this one.
        peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
        print(landed.row_count, landed.rejected_count, peak)
"""

LONG = "x" * 2000


def land_in_turn(inbox, small, big):
    """Land two files in one process. Return by how many KiB the second raised the peak, and how much of it landed."""
    inbox.land_one(inbox.devices("before.csv", 1))
    columns = inbox.project.source("devices").column_names
    arguments = json.dumps([[str(small), str(big)], columns, asdict(inbox.login)])
    # A file, as every program: DuckDB takes what has none for a session with somebody who wants to see its progress.
    program = inbox.folder.parent / "land.py"
    program.write_text(LAND)
    printed = subprocess.run([sys.executable, program, arguments], check=True, capture_output=True, text=True).stdout
    (_, _, before), (rows, rejected, after) = (map(int, printed_line.split()) for printed_line in printed.splitlines())
    return after - before, rows + rejected


@pytest.mark.parametrize(
    ("name", "header", "line", "held"),
    [
        pytest.param("big.csv", "device_id,site\n", f"d,{LONG}\n", BLOCKS, id="rows"),
        pytest.param("big.jsonl", "", f'{{"device_id": "d", "other": "{LONG}"}}\n', BLOCKS, id="json"),
        pytest.param("big.csv", "device_id,site\n", f"{LONG}\n", BLOCKS, id="malformed"),
        pytest.param("big.csv", "device_id,site\n", f'd,"{LONG}\n', BLOCKS, id="quotes_never_closed"),
        pytest.param(
            "big.csv", 'device_id,site\nd,"never closed\n', f"d,{LONG}\n", RECORD, id="one_quote_never_closed"
        ),
    ],
)
def test_memory_does_not_grow_with_the_file(inbox, name, header, line, held):
    """Guard: blocks of rows and of dead letters, the limits of a record."""
    small, big = inbox.write("small." + name.split(".")[1], header + line), inbox.folder / name
    lines = SIZE // len(line)
    with big.open("w") as file:
        file.write(header)
        for _ in range(0, lines, 1000):
            file.write(line * 1000)
    grown, landed = land_in_turn(inbox, small, big)
    assert landed >= lines
    assert grown < held, f"{grown // 1024} MiB more"
    big.unlink()


def test_memory_does_not_grow_with_what_a_compressed_file_holds(inbox):
    """Both files are small on the disk. Guard: ZstdFile and DuckDB are read in pieces."""
    for extension, held in ((".csv.zst", BLOCKS), (".parquet", ROW_GROUP)):
        small, big = inbox.folder / f"small{extension}", inbox.folder / f"big{extension}"
        for file, rows in ((small, 1), (big, SIZE // len(LONG))):
            select = f"select i as device_id, '{LONG}' || i as site from range({rows}) as t (i)"
            options = (
                "format parquet, row_group_size 5000" if extension == ".parquet" else "format csv, compression zstd"
            )
            duckdb.execute(f"copy ({select}) to '{file}' ({options})")
        grown, landed = land_in_turn(inbox, small, big)
        assert landed == SIZE // len(LONG)
        assert grown < held, f"{extension}: {grown // 1024} MiB more"
