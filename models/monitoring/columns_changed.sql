{% for mart in onerow.reconciled_marts() %}
    {{ onerow.columns_changed(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
