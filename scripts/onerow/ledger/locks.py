"""Who holds what a command waits for."""

from collections.abc import Iterable

import psycopg
from psycopg.sql import Identifier

_HOLDERS = """
select
    (
        select
            string_agg(
                format('pid %%s (%%s, user %%s) since %%s', a.pid, a.application_name, a.usename, a.xact_start),
                ' or ' order by a.xact_start
            )
        from pg_stat_activity as a
        where a.pid <> pg_backend_pid() and exists (
            select
            from pg_locks as l
            inner join unnest(%(tables)s::text[], %(modes)s::text[]) as held (table_name, mode)
                on to_regclass(held.table_name) = l.relation and held.mode = l.mode
            where l.pid = a.pid and l.granted and l.locktype = 'relation'
                and l.database = (select d.oid from pg_database as d where d.datname = current_database())
        )
    ),
    current_setting('lock_timeout')
"""


def lock_holders(connection: psycopg.Connection, held: Iterable[tuple[Identifier, str]]) -> tuple[str | None, str]:
    """Return who holds one of these locks (a table and a mode as in pg_locks), and how long the session waits for one.

    Asked after a wait has timed out, so it names every session that may have been waited for.
    """
    pairs = [(table.as_string(connection), mode) for table, mode in held]
    values = {"tables": [table for table, _ in pairs], "modes": [mode for _, mode in pairs]}
    return connection.execute(_HOLDERS, values).fetchone()
