"""A proof as one HTML file: nothing is loaded from elsewhere, and all that was delivered is escaped."""

import jinja2

from onerow.prove.report import Proof
from onerow.prove.table import difference_lines

_TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Proof: {{ proof.status }}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #ddd; }
pre { background: #f6f6f6; padding: .8rem; overflow-x: auto; }
.held { color: #17692b; } .failed { color: #b00020; font-weight: 600; } .not-tried { color: #8a5a00; }
.quiet { color: #666; }
</style>
</head>
<body>
<h1>Do the models come out the same, however they are loaded?</h1>
<p class="quiet">onerow prove, {{ proof.proved_at.strftime("%Y-%m-%d %H:%M:%S") }} UTC, seed {{ proof.seed }}</p>
{% for model in proof.models %}
<h2>{{ model.model }}</h2>
<p>{{ model.materialized }}; key {{ model.key | join(", ") or "unknown" }}; batches of {{ model.source }}:
{% for label, rows in model.batches %}{{ label }} ({{ rows }}){{ ", " if not loop.last }}{% endfor %}.
{% if model.ignored_columns %}Not compared: {{ model.ignored_columns | join(", ") }}.{% endif %}
{% if model.id_columns %}Generated ids: {{ model.id_columns | join(", ") }}.{% endif %}</p>
{% if model.notes %}<ul>{% for note in model.notes %}<li>{{ note }}</li>{% endfor %}</ul>{% endif %}
<table>
<tr><th>guarantee</th><th>verdict</th><th></th></tr>
{% for each in model.verdicts %}
<tr>
<td>{{ each.title }}</td>
<td class="{{ each.verdict | replace(" ", "-") }}">{{ each.verdict }}</td>
<td>{{ each.why or "" }}</td>
</tr>
{% endfor %}
</table>
{% for each in model.verdicts if each.example %}
<h3>{{ each.title }}: {{ "the smallest example" if each.example.is_smallest else "an example" }}</h3>
{% for batch in each.example.batches %}
<p>{{ batch.label }}</p>
<table>
<tr>{% for name in each.example.columns %}<th>{{ name }}</th>{% endfor %}</tr>
{% for row in batch.rows %}
<tr>
{% for value in row %}
<td>{% if value is none %}<i class="quiet">NULL</i>{% else %}{{ value }}{% endif %}</td>
{% endfor %}
</tr>
{% endfor %}
</table>
{% if batch.row_count > batch.rows | length %}
<p class="quiet">and {{ batch.row_count - batch.rows | length }} more rows</p>
{% endif %}
{% endfor %}
<ol>{% for step in each.example.steps %}<li>{{ step }}</li>{% endfor %}</ol>
{% if each.example.error %}<pre>{{ each.example.error }}</pre>{% endif %}
{% if each.example.difference %}
<pre>{% for line in difference_lines(each.example.difference) %}{{ line }}
{% endfor %}</pre>
{% endif %}
<p class="quiet">Again: <code>{{ each.reproduce }}</code></p>
{% endfor %}
{% endfor %}
</body>
</html>
"""


def page(proof: Proof) -> str:
    """Return the page."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True)
    environment.globals["difference_lines"] = lambda found: difference_lines(
        found.columns, found.missing, found.unexpected
    )
    return environment.from_string(_TEMPLATE).render(proof=proof)
