"""The tester itself: what it takes for the same, how it sees who waits, and that it finds what is there to be found."""

import psycopg
import pytest

from postgres.interleavings.sessions import write
from postgres.interleavings.tester import Tester, WentWrong
from postgres.interleavings.touched import touched

_READ = "select row_count from onerow.batches where batch_no = 1"
_WRITE = "update onerow.batches set row_count = row_count + 1"
_CHANGE = 'drop table if exists "marts"."upsert"'


def adding(lock=""):
    """Return a job that adds one to what it has read before."""

    def add(connection: psycopg.Connection):
        with connection.transaction():
            [(count,)] = connection.execute(f"{_READ} {lock}").fetchall()
            connection.execute("update onerow.batches set row_count = %s where batch_no = 1", [count + 1])

    return add


@pytest.fixture
def count_up(database):
    """Return a tester of two sessions that count up the same number."""

    def tester(job):
        def start():
            database.execute("truncate onerow.batches restart identity cascade")
            database.execute(
                "insert into onerow.batches (source, batch_id, extracted_at, row_count) values ('s', 'b', now(), 0)"
            )
            return write("one", database, job), write("other", database, job)

        return Tester(database, start, lambda: {"count": database.value(_READ)})

    return tester


def test_two_that_read_and_then_write_lose_an_update(count_up):
    """The first interleaving in which the other one reads before the commit."""
    with pytest.raises(
        WentWrong, match=r"(?s)1\. one: reads .* 3\. other: reads .* one: writes batches: commit\n.*count: 1\n"
    ):
        count_up(adding()).play_all()


def test_two_that_lock_before_they_read_wait_for_each_other(count_up):
    """The later one asks for the row before the first one's second step, its third, or when it has ended."""
    assert count_up(adding("for update")).play_all() == 6


def test_a_reader_sees_a_commit_and_no_write_before_it():
    read, write = touched(_READ), touched(_WRITE)
    assert read.commutes_with(write)
    assert write.commutes_with(read)
    assert not read.commutes_with(write.committed())
    assert not write.committed().commutes_with(read)
    assert touched("select from onerow.claims").commutes_with(write.committed())


def test_two_writers_of_the_same_do_not_commute():
    assert not touched(_WRITE).commutes_with(touched(_WRITE))
    assert not touched(_WRITE).commutes_with(touched(f"{_READ} for update"))
    assert touched(_WRITE).commutes_with(touched("update onerow.dead_letters set status = 'open'"))


def test_a_change_of_the_mart_commutes_with_nothing_that_reads_it():
    for statement in ('select from "marts"."upsert"', "select from pg_class where relname = 'upsert'"):
        assert not touched(_CHANGE).commutes_with(touched(statement))


def test_what_is_the_session_s_own_is_not_shared():
    assert not touched('create temporary table "onerow_written_1" (batch_no bigint)')
    assert not touched('insert into "db"."marts"."upsert__new_1a2b" select 1 -- into onerow.claims')
    assert touched('alter table "db"."marts"."upsert__new_1a2b" rename to "upsert"').writes == {"mart", "rows"}
