{#- Rule: each value of a key is exactly one row of a relation, and no part of it is NULL. Asks the relation alone, so that it serves
    any model, loaded by onerow or not. Violations only: the columns of the key, and how many rows have it. -#}
{% macro keys_not_one_row(relation, key) %}
select
    {{ onerow.quoted_list(key, 'checked') }},
    count(*) as row_count
from {{ relation }} as checked
group by {{ onerow.quoted_list(key, 'checked') }}
having count(*) > 1 or num_nulls({{ onerow.quoted_list(key, 'checked') }}) > 0
{%- endmacro %}
