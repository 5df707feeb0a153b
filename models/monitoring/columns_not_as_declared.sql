{% for mart in onerow.reconciled_marts() %}
    {{ onerow.columns_not_as_declared(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
