-- A view and no seed, so that a first `dbt run` finds it.
select
    reject_reasons.code,
    reject_reasons.description,
    reject_reasons.remedy
from (
    values
    (
        'missing',
        'A required value is missing or blank.',
        'Ask the sender for the value. Without a natural key the row cannot be told from others; '
        || 'without a version it cannot be ordered.'
    ),
    (
        'malformed',
        'The line cannot be read as a row.',
        'Look at the raw text: an unclosed quote, a wrong number of fields, broken JSON. '
        || 'Fill in its fields with onerow dead-letters export and replay, or have the sender deliver it again.'
    ),
    (
        'unknown',
        'The value is not in the reference table of its column.',
        'Correct the value, or add it to the seed and run dbt seed, then replay the letter.'
    ),
    (
        'not_accepted',
        'The value is not one of those that the contract accepts.',
        'Have the sender correct it. If it is a new value, add it to accepted_values, run the staging model, '
        || 'then replay the letter.'
    ),
    (
        'out_of_range',
        'The value lies outside the range that the contract gives.',
        'Ask the sender whether it is meant, and in which unit. If it is, widen the range, run the staging model, '
        || 'then replay the letter.'
    ),
    (
        'wrong_pattern',
        'The value does not have the form that the contract asks for.',
        'Look at the raw text for blanks and separators. Correct the value and replay the letter.'
    ),
    (
        'duplicate_in_batch',
        'The batch delivers the natural key more than once.',
        'Ask the sender which of the rows counts, and replay that one. The others are discarded.'
    ),
    (
        'outside_window',
        'The row lies outside the window that its batch declares.',
        'Have the sender deliver the batch again with the window that it really covers, as a new batch.'
    ),
    (
        'invalid_timestamptz',
        'The value is no timestamp in ISO 8601.',
        'Have the sender write it as 2026-05-01T12:00:00Z. Without a zone it is read as UTC.'
    ),
    (
        'invalid_timestamp',
        'The value is no timestamp in ISO 8601.',
        'Have the sender write it as 2026-05-01T12:00:00.'
    ),
    (
        'invalid_date',
        'The value is no date in ISO 8601.',
        'Have the sender write it as 2026-05-01.'
    ),
    (
        'invalid_integer',
        'The value is no whole number, or too large for one.',
        'Have the sender deliver digits only, without separators.'
    ),
    (
        'invalid_bigint',
        'The value is no whole number, or too large for one.',
        'Have the sender deliver digits only, without separators.'
    ),
    (
        'invalid_numeric',
        'The value is no number.',
        'Have the sender deliver digits with a decimal point, without separators or a currency.'
    ),
    (
        'invalid_uuid',
        'The value is no UUID.',
        'Ask the sender which identifier it is: a shortened or a local one cannot be a key.'
    ),
    (
        'invalid_boolean',
        'The value is no truth value.',
        'Have the sender deliver true or false.'
    ),
    (
        'invalid_jsonb',
        'The value is no JSON.',
        'Look at the raw text: it is often cut off, or quoted twice.'
    )
) as reject_reasons (code, description, remedy)
