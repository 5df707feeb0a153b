{% for mart in onerow.reconciled_marts() %}
    {{ onerow.unconsumed_batches(mart) }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
