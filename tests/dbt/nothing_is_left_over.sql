-- Guarantee: a run that was killed leaves nothing. What a load builds aside under a name of its own is gone when it ends.
select
    pg_namespace.nspname as schema_name,
    pg_class.relname as relation
from pg_catalog.pg_class as pg_class
inner join pg_catalog.pg_namespace as pg_namespace on pg_namespace.oid = pg_class.relnamespace
where pg_class.relname ~ '__new_[0-9a-f]{12}$'
