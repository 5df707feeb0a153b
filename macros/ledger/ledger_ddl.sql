{#- The ledger, as one script that looks first and creates only what is missing. dbt runs it from on-run-start, Python renders
    this same file with Jinja alone, so nothing of dbt's context may be used here. Migrations go forward only: add a block
    `if version < N`, never change one that has shipped. -#}
{% macro ledger_ddl(schema) %}
{%- set schema_name = '"' ~ schema | replace('"', '""') ~ '"' -%}
do $onerow$
declare
    known constant integer := 6;
    version integer := 0;
begin
    if current_setting('server_version_num')::integer < 160000 then
        raise exception 'onerow needs PostgreSQL 16 or newer, this server is %', current_setting('server_version');
    end if;

    -- Six runs at once create the ledger once: `create ... if not exists` alone races on the catalogs.
    perform pg_advisory_xact_lock(hashtextextended('onerow:ledger', 0));

    if to_regnamespace('{{ schema_name | replace("'", "''") }}') is null then
        create schema {{ schema_name }};
    end if;

    if to_regclass('{{ schema_name | replace("'", "''") }}.schema_version') is not null then
        version := (select max(s.version) from {{ schema_name }}.schema_version as s);
    end if;

    if version > known then
        raise exception 'the ledger in schema {{ schema_name | replace("'", "''") | replace("%", "%%") }} is of version %, this onerow knows version % at most: upgrade onerow',
            version, known;
    end if;

    if version < 1 then
        create table {{ schema_name }}.schema_version (
            version integer primary key,
            migrated_at timestamptz not null default now()
        );

        create table {{ schema_name }}.batches (
            batch_no bigint generated always as identity primary key,
            source text not null,
            batch_id text not null,
            content_sha256 text,
            window_start timestamptz,
            window_end timestamptz,
            extracted_at timestamptz not null,
            location text,
            row_count bigint not null,
            rejected_count bigint not null default 0,
            landed_at timestamptz not null default clock_timestamp(),
            quarantined_at timestamptz,
            released_at timestamptz,
            unique (source, batch_id),
            check (window_start < window_end),
            check ((window_start is null) = (window_end is null))
        );

        create table {{ schema_name }}.claims (
            model text not null,
            batch_no bigint not null references {{ schema_name }}.batches,
            attempt integer not null default 1,
            relation_oid oid,
            source text not null,
            row_count bigint not null,
            withdrawn_count bigint not null default 0,
            invocation_id text not null,
            xid xid8 not null,
            claimed_at timestamptz not null default clock_timestamp(),
            primary key (model, batch_no, attempt)
        );

        create table {{ schema_name }}.load_outcomes (
            model text not null,
            batch_no bigint not null,
            attempt integer not null,
            outcome text not null
                check (outcome in ('new', 'modified', 'unchanged', 'stale', 'superseded', 'rejected', 'filtered')),
            row_count bigint not null,
            primary key (model, batch_no, attempt, outcome),
            foreign key (model, batch_no, attempt) references {{ schema_name }}.claims on delete cascade
        );

        create table {{ schema_name }}.dead_letters (
            source text not null,
            batch_no bigint not null references {{ schema_name }}.batches,
            line_number bigint not null,
            natural_key jsonb,
            reasons text[] not null,
            raw text not null,
            status text not null default 'open' check (status in ('open', 'replayed', 'discarded')),
            refused_at timestamptz not null default clock_timestamp(),
            primary key (source, batch_no, line_number)
        );

        create table {{ schema_name }}.reconciliations (
            run_id uuid not null,
            model text not null,
            check_name text not null,
            window_start timestamptz,
            figure text not null,
            source_value numeric,
            destination_value numeric,
            status text not null check (status in ('ok', 'difference')),
            reconciled_at timestamptz not null,
            unique nulls not distinct (run_id, model, check_name, window_start, figure)
        );

        create table {{ schema_name }}.schema_changes (
            source text not null,
            column_name text not null,
            change text not null,
            batch_no bigint references {{ schema_name }}.batches,
            action text not null,
            seen_at timestamptz not null default clock_timestamp(),
            primary key (source, column_name, change)
        );

        insert into {{ schema_name }}.schema_version (version) values (1);
    end if;

    if version < 2 then
        alter table {{ schema_name }}.batches add column quarantine_reason text;

        insert into {{ schema_name }}.schema_version (version) values (2);
    end if;

    if version < 3 then
        alter table {{ schema_name }}.batches add column replay_of bigint references {{ schema_name }}.batches;

        alter table {{ schema_name }}.dead_letters
            add column replayed_as bigint references {{ schema_name }}.batches,
            add column settled_at timestamptz,
            add column settled_by text,
            add column settled_reason text;

        insert into {{ schema_name }}.schema_version (version) values (3);
    end if;

    if version < 4 then
        create table {{ schema_name }}.dedupe_runs (
            run_no bigint generated always as identity primary key,
            relation text not null,
            relation_oid oid not null,
            key_columns text[] not null,
            version_column text,
            rule text not null check (rule in ('newest', 'most-complete', 'merge', 'sql')),
            rule_sql text,
            batch_rows integer not null check (batch_rows > 1),
            -- Name and type of each column, as the backup has them.
            columns jsonb not null,
            status text not null check (status in ('applying', 'applied', 'undoing', 'undone', 'abandoned')),
            pass_no integer not null default 0,
            done_batch integer not null default 0,
            step_count integer not null default 0,
            removed_count bigint not null default 0,
            changed_count bigint not null default 0,
            index_name text,
            -- The steps from which on survivors, and removed rows, are as they were before the run.
            survivors_undone_to integer,
            rows_undone_to integer,
            started_at timestamptz not null default clock_timestamp(),
            started_by text not null default session_user,
            ended_at timestamptz
        );

        create unique index on {{ schema_name }}.dedupe_runs (relation) where status in ('applying', 'undoing');

        insert into {{ schema_name }}.schema_version (version) values (4);
    end if;

    if version < 5 then
        -- The newest runs of a mart, and of a level of it.
        create index on {{ schema_name }}.reconciliations (model, reconciled_at, run_id);
        create index on {{ schema_name }}.reconciliations (model, check_name, reconciled_at, run_id);

        create table {{ schema_name }}.notifications (
            model text not null,
            run_id uuid not null,
            status text not null check (status in ('ok', 'difference')),
            notified_at timestamptz not null default clock_timestamp(),
            primary key (model, notified_at)
        );

        create table {{ schema_name }}.exceptions (
            model text not null,
            rule text not null,
            natural_key jsonb not null,
            reason text not null check (reason <> ''),
            expires_on date not null,
            primary key (model, rule, natural_key)
        );

        insert into {{ schema_name }}.schema_version (version) values (5);
    end if;

    if version < 6 then
        -- A row where a run of reconciliation saw other columns than the run before it.
        create table {{ schema_name }}.recorded_columns (
            model text not null,
            run_id uuid not null,
            columns jsonb not null,
            recorded_at timestamptz not null,
            primary key (model, recorded_at)
        );

        insert into {{ schema_name }}.schema_version (version) values (6);
    end if;
end $onerow$;
{% endmacro %}
