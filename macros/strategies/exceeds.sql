{#- Condition: version a is greater than version b, a missing one being the lowest. -#}
{% macro exceeds(a, b) %}
    {{- return('(' ~ a ~ ' > ' ~ b ~ ' or (' ~ a ~ ' is not null and ' ~ b ~ ' is null))') -}}
{% endmacro %}
