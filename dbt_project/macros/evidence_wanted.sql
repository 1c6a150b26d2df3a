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
