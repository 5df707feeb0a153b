{#- Surrogate key of recipe 1: sha256 over the canonical JSON of the natural key. onerow.keys builds the same bytes in Python and in
    DuckDB. -#}
{% macro surrogate_key(fields, format='hex') %}
    {%- set problems = [] -%}
    {%- set names = [] -%}
    {%- if fields is mapping or (fields is iterable and fields is not string) -%}
        {%- set names = fields | list -%}
    {%- endif -%}
    {%- if not names -%}
        {%- do problems.append("fields: a non-empty list of columns, or a mapping of field to SQL expression, not '" ~ fields ~ "'") -%}
    {%- endif -%}
    {%- for name in names -%}
        {%- if name is not string or not name -%}
            {%- do problems.append("fields: each is the name of a column, not '" ~ name ~ "'") -%}
        {%- elif fields is mapping and (fields[name] is not string or not fields[name]) -%}
            {%- do problems.append("fields: '" ~ name ~ "' needs an SQL expression, not '" ~ fields[name] ~ "'") -%}
        {%- elif names.index(name) < loop.index0 -%}
            {%- do problems.append("fields: '" ~ name ~ "' is named twice") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if format not in ('hex', 'uuid') -%}
        {%- do problems.append("format: 'hex' or 'uuid', not '" ~ format ~ "'") -%}
    {%- endif -%}
    {%- do onerow.raise_if_any('surrogate_key', problems) -%}

    {#- By code point, as Python sorts: Jinja's own default ignores case. -#}
    {%- set members = [] -%}
    {%- for name in names | sort(case_sensitive=true) -%}
        {%- set expression = fields[name] if fields is mapping else onerow.quoted(name) -%}
        {%- set opening = ('{' if loop.first else ', ') ~ onerow.json_string(name) ~ ': ' -%}
        {%- do members.append(
            onerow.literal(opening) ~ " || coalesce(to_json(" ~ onerow.canonical_text(name, expression) ~ ")::text, 'null')"
        ) -%}
    {%- endfor -%}
    {%- set digest = "sha256(convert_to(\n    " ~ members | join('\n    || ') ~ "\n    || '}',\n    'UTF8'\n))" -%}

    {%- if format == 'hex' -%}
        {{- return('encode(' ~ digest ~ ", 'hex')") -}}
    {%- endif -%}
    {#- RFC 9562, version 8: the first 16 bytes, but 1000 in the upper half of byte 6 and 10 on top of byte 8. Bits count from the
        lowest of a byte. set_bit, because it names the digest once: the server would compute it again each time it is named. -#}
    {%- set bits = namespace(uuid='substring(' ~ digest ~ ' from 1 for 16)') -%}
    {%- for position, value in [(55, 1), (54, 0), (53, 0), (52, 0), (71, 1), (70, 0)] -%}
        {%- set bits.uuid = 'set_bit(' ~ bits.uuid ~ ', ' ~ position ~ ', ' ~ value ~ ')' -%}
    {%- endfor -%}
    {{- return('encode(' ~ bits.uuid ~ ", 'hex')::uuid") -}}
{% endmacro %}
