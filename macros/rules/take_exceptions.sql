{#- Hook of the seed reconcile_exceptions: puts its rows into the ledger, in place of those that it held for this target's marts. The
    rules read them there, so that they work also where the seed was never run. -#}
{% macro take_exceptions(seed) %}
{%- if execute %}
{%- set marts, ids = [], [] -%}
{%- for node in graph.nodes.values()
    if node.resource_type == 'model' and (node.config.meta.get('onerow') or {}).get('source') -%}
    {%- set relation = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- do ids.append(onerow.literal(onerow.relation_id(relation))) -%}
    {%- do marts.append('(' ~ onerow.literal(node.name) ~ ', ' ~ ids[-1] ~ ')') -%}
{%- endfor -%}
{%- if marts -%}
delete from {{ onerow.ledger('exceptions') }} where model in ({{ ids | join(', ') }});

insert into {{ onerow.ledger('exceptions') }} (model, rule, natural_key, reason, expires_on)
select
    marts.id,
    given.rule,
    coalesce(given.natural_key, '{}'),
    given.reason,
    given.expires_on
from {{ seed }} as given
-- Left, so that the name of no mart is refused, as a mart that is missing.
left join (values {{ marts | join(', ') }}) as marts (name, id)
    on marts.name = given.model
{%- endif %}
{%- endif %}
{%- endmacro %}
