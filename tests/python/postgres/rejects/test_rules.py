"""Rules of the yaml refuse rows, say so in words, and cost what the batch costs."""

from harness.dbt_project import message, succeeded
from postgres.rejects.conftest import rules_files

GOOD = {"sku": "A-1", "unit": "piece", "price": "1", "updated_at": "2026-05-01"}


def test_rules_of_the_yaml_refuse_rows_with_every_reason(project, database, land):
    """Guard: reject_reasons takes the rules from the contract, in its order; the model explains their codes."""
    land(
        "by_row",
        GOOD,
        {**GOOD, "price": "2"},
        {"sku": "a1", "unit": "box", "price": "0", "updated_at": "2025-12-31T23:59:59Z"},
        {"sku": "B-1", "unit": "driver's kit", "price": "free", "updated_at": "2026-01-01"},
    )
    outcome = succeeded(
        project.dbt_in_process("run", "--quiet", "--select", "by_row", "reject_reasons", "dead_letters")
    )

    assert message(outcome, "by_row") == "upsert: 1 new, 3 rejected"
    assert database.rows("select sku, price from marts.by_row") == [("A-1", 2)]
    assert database.rows(
        "select line_number, reasons, explanation from marts_monitoring.dead_letters order by line_number"
    ) == [
        (1, ["duplicate_in_batch:sku"], "sku: The batch delivers the natural key more than once."),
        (
            3,
            ["wrong_pattern:sku", "not_accepted:unit", "out_of_range:price", "out_of_range:updated_at"],
            "sku: The value does not have the form that the contract asks for."
            " unit: The value is not one of those that the contract accepts."
            " price: The value lies outside the range that the contract gives."
            " updated_at: The value lies outside the range that the contract gives.",
        ),
        (4, ["invalid_numeric:price"], "price: The value is no number."),
    ]  # fmt: skip


def test_a_load_reads_its_batches_alone_where_keys_are_unique_in_one(database):
    """Guard: `_batch_no` is the first column by which is_repeated_in_batch parts rows; else landing is read whole."""
    database.execute(
        "insert into landing.by_row (_batch_no, _line_number, sku, unit, price, updated_at)"
        " select b, n, 'A-' || n, 'piece', '1', '2026-05-01'"
        " from generate_series(1, 200) as b, generate_series(1, 50) as n"
    )
    database.execute("analyze landing.by_row")
    database.execute("set onerow.claimed_batches = '{7}'")
    plan = "\n".join(
        line
        for (line,) in database.rows(
            "explain select * from marts.stg_by_row"
            " where _batch_no = any(current_setting('onerow.claimed_batches', true)::bigint[])"
        )
    )

    assert "WindowAgg" in plan
    assert "Index Cond: (_batch_no = ANY (" in plan, plan
    assert "Seq Scan" not in plan, plan
    # Where the option is not set, nothing is sorted.
    assert "WindowAgg" not in str(database.rows("explain select * from marts.stg_none_refused"))


def test_rules_that_are_written_wrong_are_refused_all_at_once(project, database):
    """Guards: rule_problems, strict_problems, value_problems; each entry of the message is one check."""
    wrong = """
sources:
  - name: rules_landing
    schema: landing
    tables:
      - name: none_refused
        config:
          meta: {onerow: {natural_key: [sku], unique_in_batch: newest, strict: always, max_rejected: some}}
        columns:
          - {name: sku, data_type: text, config: {meta: {onerow: {patern: a, pattern: "[a"}}}}
          - name: unit
            data_type: text
            config: {meta: {onerow: {accepted_values: piece, range: {min: a}, pattern: [a]}}}
          - name: price
            data_type: numeric
            config: {meta: {onerow: {required: maybe, range: {min: 10, max: 9}, accepted_values: [1, a lot]}}}
          - {name: updated_at, data_type: timestamptz, config: {meta: {onerow: {range: {min: yesterday}}}}}
          - {name: seen_on, data_type: date, config: {meta: {onerow: {range: {from: 2026-01-01}, accepted_values: []}}}}
          - {name: payload, data_type: json, config: {meta: {onerow: {accepted_values: [1]}}}}
"""
    files = {
        "models/rules/_sources.yml": wrong,
        "models/rules/stg_none_refused.sql": rules_files()["models/rules/stg_none_refused.sql"],
    }
    outcome = project.with_files({**files, **_without("by_row", "one_refused", "a_quarter_refused")}).dbt_in_process(
        "run", "--quiet", "--select", "stg_none_refused"
    )

    said = message(outcome, "stg_none_refused")
    assert [line.strip().removeprefix("- ") for line in said.splitlines() if line.strip().startswith("- ")] == [
        "columns.sku: patern: unknown rule; known are required, accepted_values, range, pattern",
        "columns.unit: accepted_values: a non-empty list of values, not piece",
        "columns.unit: range: is for numbers and times, not for text",
        "columns.unit: pattern: a regular expression, not ['a']",
        "columns.price: required: true or false, not maybe",
        "columns.price: range: min 10 is greater than max 9",
        "columns.seen_on: accepted_values: a non-empty list of values, not []",
        "columns.seen_on: range: min, max or both, not {'from': '2026-01-01'}",
        "columns.payload: accepted_values: json has no equality; use jsonb",
        "unique_in_batch: 'first', 'last' or 'reject_all', not 'newest'",
        "strict: 'row' or 'batch', not 'always'",
        "max_rejected: a number of rows, or a share of them such as '1%', not some",
        "columns.sku: pattern: a regular expression, not [a",
        "columns.price: accepted_values: a value of type numeric, not a lot",
        "columns.updated_at: range.min: a value of type timestamptz, not yesterday",
    ]
    assert "source none_refused:" in said


def _without(*sources):
    """Return the files of sources as removed."""
    return {f"models/rules/{prefix}{source}.sql": None for source in sources for prefix in ("", "stg_")}
