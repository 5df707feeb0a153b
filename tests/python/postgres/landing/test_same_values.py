"""The same values are the same rows, whatever the format that delivers them."""

import duckdb
import pytest

from harness.dbt_project import succeeded
from onerow.landing.compression import zstd
from onerow.landing.land import land_files

# A typed record of each source: what DuckDB writes as Parquet, and the same as text.
LINES = (
    """
    select 'f47ac10b-58cc-4372-a567-0e02b2c3d479'::uuid as order_id, 1::smallint as position, 'A-1' as sku,
        2::ubigint as quantity, 1.50::decimal(10, 2) as unit_price,
        timestamptz '2026-05-01 08:00:00.5+02' as updated_at
    """,
    "order_id,position,sku,quantity,unit_price,updated_at\n"
    "f47ac10b-58cc-4372-a567-0e02b2c3d479,1,A-1,2,1.50,2026-05-01T06:00:00.5+00:00\n",
)
READINGS = (
    """
    select 'd1' as device_id, 'temperature' as metric, v as value, timestamp_ms '2026-05-01 06:00:00' as read_at
    from (values (0.1::double), (-20.5), (1e-7)) as t (v)
    """,
    "device_id,metric,value,read_at\n"
    "d1,temperature,0.1,2026-05-01T06:00:00\n"
    "d1,temperature,-20.5,2026-05-01T06:00:00\n"
    "d1,temperature,1e-07,2026-05-01T06:00:00\n",
)
EVENTS = (
    """
    select 17::bigint as event_id, 'd1' as device_id, 'restarted' as event_type,
        {'code': 1.50::decimal(4, 2), 'tags': ['a', null]} as payload,
        timestamp_ns '2026-05-01 06:00:00.25' as occurred_at
    """,
    "event_id,device_id,event_type,payload,occurred_at\n"
    '17,d1,restarted,"{""code"":1.50,""tags"":[""a"",null]}",2026-05-01T06:00:00.25\n',
)


@pytest.fixture
def land(inbox):
    def land_source(source, file):
        [landed] = land_files(inbox.project, source, [file])
        return landed.row_count

    return land_source


def test_parquet_and_csv_give_equal_texts_keys_and_marts(inbox, database, project, land):
    """Loaded from Parquet, the CSV of the same values changes nothing. Guard: parquet_text, type by type."""
    delivered = {"order_lines": LINES, "device_readings": READINGS, "device_events": EVENTS}
    marts = {"order_lines": "order_line_id", "device_readings": "reading_id", "device_events": "event_id"}
    columns = {source: ", ".join(inbox.project.source(source).column_names) for source in delivered}

    def rows(table):
        return database.rows(f"select * from marts.{table} order by 1")

    for source, (query, _) in delivered.items():
        file = inbox.folder / f"{source}.parquet"
        duckdb.execute(f"copy ({query}) to '{file}' (format parquet)")
        land(source, file)
    run = ["run", "--quiet", "--select", *(f"+{mart}" for mart in marts)]
    succeeded(project.dbt_in_process(*run))
    before = {mart: rows(mart) for mart in marts}
    assert {mart: len(found) for mart, found in before.items()} == {
        "order_lines": 1,
        "device_readings": 3,
        "device_events": 1,
    }

    for source, (_, text) in delivered.items():
        land(source, inbox.write(f"{source}.csv", text))
        assert database.value(
            f"select count(*) from (select {columns[source]} from landing.{source} group by {columns[source]}"
            " having count(*) <> 2) as unlike"
        ) == 0  # fmt: skip
    succeeded(project.dbt_in_process(*run))
    assert {mart: rows(mart) for mart in marts} == before
    outcomes = "select outcome, sum(row_count)::int from onerow.load_outcomes where batch_no > 3 group by 1"
    assert database.rows(outcomes) == [("unchanged", 5)]
    assert database.value("select count(*) from onerow.dead_letters") == 0


def test_zstd_of_json_lines_lands_as_the_plain_file(inbox, database):
    """Guard: the format is that of the name before .zst."""
    file = inbox.write("a.jsonl.zst", zstd.compress(b'{"device_id": "d1", "model": "m"}\n'))
    assert inbox.land_one(file).row_count == 1
    assert database.rows("select device_id, model from landing.devices") == [("d1", "m")]


def test_a_parquet_file_lands_all_or_nothing(inbox, database):
    """A file whose second half is damaged. Guard: the transaction; FileUnreadable from within the rows."""
    file = inbox.folder / "a.parquet"
    duckdb.execute(
        f"copy (select 'SN-' || i as device_id from range(50000) as t (i)) to '{file}'"
        " (format parquet, compression zstd, row_group_size 10000)"
    )
    content = bytearray(file.read_bytes())
    position = len(content) * 3 // 4
    content[position : position + 200] = bytes(200)
    whole = file.read_bytes()
    file.write_bytes(content)
    assert "not readable as Parquet" in str(inbox.refusal_of(file))
    file.write_bytes(whole)
    landed = inbox.land_one(file)
    assert (landed.row_count, landed.missing_columns[:2]) == (50_000, ("model", "firmware"))
    assert database.value("select max(_line_number) from landing.devices") == 50_000
