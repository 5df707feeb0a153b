{#- Condition: an exception of this mart to a rule, which has not expired, covers a key. `natural_key` is SQL of a jsonb object; an
    exception covers every key that holds its members. -#}
{% macro is_excepted(mart, rule, natural_key) %}
exists (
    select
    from {{ onerow.ledger('exceptions') }} as exceptions
    where exceptions.model = {{ onerow.literal(onerow.reconciled_mart(mart).id) }}
        and exceptions.rule = {{ onerow.literal(rule) }}
        and exceptions.expires_on >= (now() at time zone 'UTC')::date
        and {{ natural_key }} @> exceptions.natural_key
)
{%- endmacro %}
