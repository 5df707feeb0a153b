-- Guarantee: a run that was killed leaves nothing. What a load builds aside, under another name, goes with it.
select
    pg_namespace.nspname as schema_name,
    pg_class.relname as relation
from pg_catalog.pg_class as pg_class
inner join pg_catalog.pg_namespace as pg_namespace on pg_class.relnamespace = pg_namespace.oid
where pg_class.relname ~ '__new_[0-9a-f]{12}$'
