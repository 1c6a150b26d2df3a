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

{% macro evidence_spine() -%}
    {{ day_spine('wanted.first_date', as_of_date()) }},
        wanted.tutor_id
    from wanted
{%- endmacro %}

-- From which day on each tutor's evidence is made anew: where records changed it, and where days have
-- passed since it was made.
{% macro evidence_wanted() -%}
    {% set first_date %}
        (
            select
                greatest(
                    {{ days_before(as_of_date(), var('score_history_days')) }},
                    least(coalesce(min(outcome_days.session_date), {{ as_of_date() }}), {{ as_of_date() }})
                )
            from {{ ref('int_tutor_outcome_days') }} as outcome_days
            where outcome_days.session_date <= {{ as_of_date() }}
        )
    {% endset %}
    {% if is_incremental() %}
        select * from (
            select
                tutors.tutor_id,
                case
                    when made.tutor_id is null then {{ first_date }}
                    else greatest(
                        {{ days_before(as_of_date(), var('score_history_days')) }},
                        least({{ days_before('made.last_date', -1) }}, coalesce(changed.first_date, {{ days_before('made.last_date', -1) }}))
                    )
                end as first_date
            from (
                select tutor_id from {{ ref('dim_tutors') }}
                union distinct
                -- whom a correction took the only session from is no tutor, and has rows all the same
                select known.tutor_id from {{ this }} as known
            ) as tutors
            left join (
                select
                    known.tutor_id,
                    max(known.score_date) as last_date
                from {{ this }} as known
                group by 1
            ) as made
                on tutors.tutor_id = made.tutor_id
            left join (
                select
                    outcome_days.tutor_id,
                    min(outcome_days.session_date) as first_date
                from {{ ref('int_tutor_outcome_days') }} as outcome_days
                where
                    outcome_days.built_seq > {{ built_upto() }}
                    and outcome_days.session_date <= {{ as_of_date() }}
                group by 1
            ) as changed
                on tutors.tutor_id = changed.tutor_id
        ) as dated
        where first_date <= {{ as_of_date() }}
    {% else %}
        select
            tutors.tutor_id,
            {{ first_date }} as first_date
        from {{ ref('dim_tutors') }} as tutors
    {% endif %}
{%- endmacro %}

-- Before the window of the first day to make, so that the window is counted whole.
{% macro evidence_bases() -%}
    {% if is_incremental() %}
        select known.*
        from {{ this }} as known
        inner join wanted
            on
                known.tutor_id = wanted.tutor_id
                and known.score_date = {{ days_before('wanted.first_date', var('window_days') | int + 1) }}
    {% else %}
        select
            cast(null as varchar) as tutor_id,
            cast(null as date) as score_date,
            {{ zeros(evidence_sums()) }}
        from wanted
        where false
    {% endif %}
{%- endmacro %}

{% macro evidence_days_since_bases() -%}
    {% set earliest = "(select min(days.session_date) from " ~ ref('int_tutor_outcome_days') ~ " as days)" %}
    select
        starts.tutor_id,
        days.score_date
    from (
        select
            wanted.tutor_id,
            coalesce({{ days_before('bases.score_date', -1) }}, {{ earliest }}) as first_date
        from wanted
        left join bases
            on wanted.tutor_id = bases.tutor_id
    ) as starts
    inner join (
        {{ day_spine(
            '(select min(coalesce(bases.score_date, ' ~ earliest ~ ')) from wanted left join bases on wanted.tutor_id = bases.tutor_id)',
            as_of_date()
        ) }}
    ) as days
        on starts.first_date <= days.score_date
{%- endmacro %}

{% macro newest_built_seq() -%}
    (select coalesce(max(days.built_seq), 0) from {{ ref('int_tutor_outcome_days') }} as days)
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
