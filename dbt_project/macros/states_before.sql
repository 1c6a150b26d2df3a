-- The day of each tutor's newest state before a day that is asked for, if there is one.
{% macro states_before(requests, day, states) -%}
    {{ few_states_before(requests, day, states) if is_micro_batch() else all_states_before(requests, day, states) }}
{%- endmacro %}

{% macro all_states_before(requests, day, states) -%}
    select
        tutor_id,
        {{ day }},
        known_on
    from (
        select
            *,
            max(case when not is_request then {{ day }} end) over (
                partition by tutor_id
                order by {{ day }}, is_request desc
                rows between unbounded preceding and current row
            ) as known_on
        from (
            select
                tutor_id,
                evidence_date as {{ day }},
                false as is_request
            from {{ states }}
            union all
            select
                tutor_id,
                {{ day }},
                true as is_request
            from {{ requests }}
        ) as dated
    ) as located
    where
        is_request
        and known_on is not null
{%- endmacro %}

-- Those of the two months before are found by their days; all states are read only for who was silent
-- longer, which is hardly anybody.
{% macro few_states_before(requests, day, states) -%}
    with

    days as (
        {{ day_spine(
            "(select min(" ~ days_before(day, 60) ~ ") from " ~ requests ~ ")",
            "(select max(" ~ days_before(day, 1) ~ ") from " ~ requests ~ ")"
        ) }}
    ),

    recent as (
        select
            requests.tutor_id,
            requests.{{ day }},
            max(states.evidence_date) as known_on
        from {{ requests }} as requests
        inner join days
            on requests.{{ day }} > days.score_date
        inner join {{ states }} as states
            on
                requests.tutor_id = states.tutor_id
                and days.score_date = states.evidence_date
        group by 1, 2
    ),

    silent as (
        select
            requests.tutor_id,
            requests.{{ day }}
        from {{ requests }} as requests
        left join recent
            on
                requests.tutor_id = recent.tutor_id
                and requests.{{ day }} = recent.{{ day }}
        where recent.tutor_id is null
    )

    select * from recent
    union all
    select
        silent.tutor_id,
        silent.{{ day }},
        max(states.evidence_date) as known_on
    from silent
    inner join {{ states }} as states
        on
            silent.tutor_id = states.tutor_id
            and silent.{{ day }} > states.evidence_date
    where states.tutor_id in {{ few('tutor_id', 'silent') }}
    group by 1, 2
{%- endmacro %}
