{#- Script that grants each role what its work needs, and nothing else. Roles that are none are left out. Python renders this file.
    `schemas` are those of the models, `landing` the tables of the sources; of other loaders' ones nobody may insert. Rights that a role has from
    elsewhere stay: to revoke what somebody else granted is not ours. -#}
{% macro grants_ddl(database, schema, schemas, landing, loader=none, transformer=none, reader=none, auditor=none) %}
{%- set ledger = onerow.quoted(schema) -%}
{%- for name in schemas %}
create schema if not exists {{ onerow.quoted(name) }};
{%- endfor %}
{%- set landing_schemas = landing | map(attribute='schema') | unique(case_sensitive=true) | list -%}
{%- for role in [loader, transformer, reader, auditor] if role %}
grant connect on database {{ onerow.quoted(database) }} to {{ onerow.quoted(role) }};
{%- endfor %}
{%- for role in [loader, transformer, auditor] if role %}
{%- for name in [schema] + landing_schemas %}
grant usage on schema {{ onerow.quoted(name) }} to {{ onerow.quoted(role) }};
{%- endfor %}
grant select on all tables in schema {{ ledger }} to {{ onerow.quoted(role) }};
{%- for table in landing %}
grant select on {{ onerow.quoted(table.schema) }}.{{ onerow.quoted(table.table) }} to {{ onerow.quoted(role) }};
{%- endfor %}
{%- endfor %}
{%- if loader %}
{%- set role = onerow.quoted(loader) %}
{%- for table in landing if table.is_ours %}
grant insert on {{ onerow.quoted(table.schema) }}.{{ onerow.quoted(table.table) }} to {{ role }};
{%- endfor %}
grant insert on {{ ledger }}.batches, {{ ledger }}.dead_letters, {{ ledger }}.schema_changes to {{ role }};
grant update (row_count, rejected_count, quarantined_at, quarantine_reason, released_at) on {{ ledger }}.batches to {{ role }};
grant update (status, replayed_as, settled_at, settled_by, settled_reason) on {{ ledger }}.dead_letters to {{ role }};
{%- endif %}
{%- if transformer %}
{%- set role = onerow.quoted(transformer) %}
grant insert, update, delete on {{ ledger }}.claims to {{ role }};
grant insert, delete on {{ ledger }}.exceptions to {{ role }};
grant insert on {{ ledger }}.load_outcomes, {{ ledger }}.dead_letters, {{ ledger }}.batches to {{ role }};
grant update (row_count, quarantined_at, quarantine_reason) on {{ ledger }}.batches to {{ role }};
{%- for name in schemas %}
grant usage, create on schema {{ onerow.quoted(name) }} to {{ role }};
{%- endfor %}
{%- endif %}
{%- if auditor %}
grant insert on {{ ledger }}.reconciliations, {{ ledger }}.recorded_columns, {{ ledger }}.notifications to {{ onerow.quoted(auditor) }};
{%- endif %}
{%- for role in [reader, auditor] if role %}
{%- for name in schemas %}
grant usage on schema {{ onerow.quoted(name) }} to {{ onerow.quoted(role) }};
grant select on all tables in schema {{ onerow.quoted(name) }} to {{ onerow.quoted(role) }};
{%- if transformer %}
alter default privileges for role {{ onerow.quoted(transformer) }} in schema {{ onerow.quoted(name) }}
    grant select on tables to {{ onerow.quoted(role) }};
{%- endif %}
{%- endfor %}
{%- endfor %}
{% endmacro %}
