{% for mart in onerow.reconciled_marts() %}
    {{ onerow.null_keys(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
