"""A load that stands still between its plan and its write, so that another writer can come in between."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql

from harness.database import Database
from harness.dbt_project import DbtProject
from harness.gate import Gate

# The load stops in front of its first row, for as long as the test holds lock 1.
_STOP = """
create function public.stop() returns trigger language plpgsql as $$
begin
    if current_setting('application_name') like 'dbt %' then
        perform pg_advisory_xact_lock_shared(1);
    end if;
    return null;
end $$;
"""
_STOPS_AT = sql.SQL("create trigger stop before insert on {} for each statement execute function public.stop()")


@contextmanager
def stopped_load(project: DbtProject, database: Database, gate: Gate, mart: str) -> Iterator[None]:
    """Run the load of a mart of schema `marts`, stopped while the block is executed. It must succeed."""
    database.execute(_STOP)
    database.execute(_STOPS_AT.format(sql.Identifier("marts", mart)))
    holder = database.connect(autocommit=True)
    holder.execute("select pg_advisory_lock(1)")
    run = project.start_dbt("run", "--select", mart)
    gate.wait_until_waiting(1, [run], of=f".marts.{mart}")
    yield
    holder.close()
    run.wait().succeeded()
