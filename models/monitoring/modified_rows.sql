{% for mart in onerow.reconciled_marts() %}
    {{ onerow.modified_rows(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
