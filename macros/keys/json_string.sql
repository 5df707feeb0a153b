{#- A name as a JSON string, with the bytes of Python's json.dumps(name, ensure_ascii=False): dbt's tojson would escape what is not
    ASCII. -#}
{% macro json_string(name) %}
    {%- set characters = [] -%}
    {%- for character in name -%}
        {%- do characters.append(character if character > '~' else tojson(character)[1:-1]) -%}
    {%- endfor -%}
    {{- return('"' ~ characters | join ~ '"') -}}
{% endmacro %}
