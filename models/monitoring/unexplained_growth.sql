{% for mart in onerow.reconciled_marts() %}
    {{ onerow.unexplained_growth(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
