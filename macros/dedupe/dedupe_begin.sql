{#- Make the backup of a run: its steps, and the rows as they were. `kind` is `removed`; or, where a merge changes the survivor,
    `before` and `after`. Of an `after` is remembered whether the survivor had been changed since, when the run was undone. -#}
{% macro dedupe_begin(target, run) %}
create table {{ run.backup }} as
select
    0 as _dedupe_step,
    0::bigint as _dedupe_key,
    '' as _dedupe_kind,
    {{ onerow.quoted_list(target.given_columns, 't') }}
from {{ target.relation }} as t
with no data;

alter table {{ run.backup }}
    add column _dedupe_no bigint generated always as identity primary key,
    add column _dedupe_was_changed boolean not null default false;

create index on {{ run.backup }} (_dedupe_step)
{% endmacro %}
