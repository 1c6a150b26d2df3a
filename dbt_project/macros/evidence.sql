-- What is kept of a tutor's past: each sum by its name, where it comes from, and its half-life in days.
{% macro evidence_sums() -%}
    {% set sums = {} %}
    {% for outcome in outcomes('x', 'x') %}
        {% for part in ['n', 'o', 'e'] %}
            {% set half_life = var('rare_half_life_days') if outcome == 'no_show' else var('half_life_days') %}
            {% do sums.update({outcome ~ '_' ~ part: (outcome ~ '_' ~ part, half_life)}) %}
        {% endfor %}
    {% endfor %}
    {% for part in ['n', 'o', 'e'] %}
        {% do sums.update({'fast_' ~ part: ('reliability_' ~ part, var('fast_half_life_days'))}) %}
        {% do sums.update({'slow_' ~ part: ('reliability_' ~ part, var('slow_half_life_days'))}) %}
        {% do sums.update({'slow_first_' ~ part: ('first_sessions_' ~ part, var('rare_half_life_days'))}) %}
        {% do sums.update({'slow_quality_' ~ part: ('quality_' ~ part, var('rare_half_life_days'))}) %}
    {% endfor %}
    {{ return(sums) }}
{%- endmacro %}

{% macro age_weight(half_life) -%}
    exp(ln(2) / {{ half_life }} * day_number)
{%- endmacro %}

{% macro evidence_of(days) -%}
    {% for name, (source, _) in evidence_sums().items() -%}
        {{ days }}.{{ source }} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro aged_evidence(history) -%}
    {% for name, (_, half_life) in evidence_sums().items() -%}
        sum({{ name }} * {{ age_weight(half_life) }}) over {{ history }}
        / {{ age_weight(half_life) }} as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

-- The same for few targets, as a sum over `entries` up to each: a window costs a tenth of a second
-- before it has seen a row.
{% macro evidence_upto(targets, entries) -%}
    {% for name, (_, half_life) in evidence_sums().items() -%}
        coalesce(
            sum(
                {{ entries }}.{{ name }}
                * exp(ln(2) / {{ half_life }} * ({{ entries }}.day_number - {{ targets }}.day_number))
            ), 0
        ) as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro evidence_spine() -%}
    {{ day_spine('wanted.first_date', as_of_date()) }},
        wanted.tutor_id
    from wanted
{%- endmacro %}

{% macro newest_built_seq() -%}
    coalesce({{ newest_record(ref('int_tutor_outcome_days')) }}, 0)
{%- endmacro %}

-- The sums of a day on which evidence became known; what came late has aged since its slot.
{% macro late_evidence(counted) -%}
    {% for name, (source, half_life) in evidence_sums().items() -%}
        {% set outcome, part = source[:-2], source[-1] %}
        {% set counts, observed = counted[outcome] %}
        {% set value = {'n': '1.0', 'o': observed, 'e': 'expected_' ~ outcome}[part] %}
        coalesce(
            sum(case when {{ counts }} then {{ value }} * exp(-ln(2) / {{ half_life }} * days_late) end), 0
        ) as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

-- The days that a correction took evidence away from.
{% macro emptied_evidence_days() -%}
    select
        replaced_tutor_id as tutor_id,
        greatest(replaced_session_date, {{ business_date('replaced_known_at') }}) as evidence_date,
        ingest_seq as built_seq
    from {{ ref('int_sessions_latest') }}
    where
        ingest_seq > {{ built_upto() }}
        and replaced_status <> 'scheduled'
{%- endmacro %}

-- A key of one column can be looked up by an index.
{% macro state_id(tutor_id, day) -%}
    {{ tutor_id }} || '|' || cast({{ day }} as varchar)
{%- endmacro %}
