{% for mart in onerow.reconciled_marts() %}
    {{ onerow.rows_not_accounted_for(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
