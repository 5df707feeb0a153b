{% for mart in onerow.reconciled_marts() %}
    {{ onerow.missing_windows(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
