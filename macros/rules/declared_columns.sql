{#- The columns that a mart is to have, each as {name, data_type}: those that its model describes and those of its natural key. The type
    is the model's, else the contract's where a delivered column has that name; without either any type is right. -#}
{% macro declared_columns(mart) %}
    {%- set facts = onerow.reconciled_mart(mart) -%}
    {%- set contract = onerow.contract_of(facts.source).columns -%}
    {%- set declared = [] -%}
    {%- for name in (facts.described | list + facts.key | map(attribute='name') | list) | unique(case_sensitive=true) -%}
        {%- set own = (facts.described.get(name) or {}).get('data_type') -%}
        {%- do declared.append({'name': name, 'data_type': own or (contract[name].data_type if name in contract else none)}) -%}
    {%- endfor -%}
    {{- return(declared) -}}
{% endmacro %}
