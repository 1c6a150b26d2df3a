{% set yesterday = days_before(as_of_date(), 1) %}
{% set week_before = days_before(as_of_date(), 7) %}
{% set periods = [
    ('day', yesterday, yesterday),
    ('week', week_before, yesterday),
    ('previous_week', days_before(as_of_date(), 14), days_before(as_of_date(), 8)),
] %}

with

-- days that are over: today's figures still move
days as (

    select * from {{ ref('rpt_platform_days') }}
    where session_date between {{ periods[2][1] }} and {{ yesterday }}

),

periods as (

    {% for name, first_day, last_day in periods %}
        select
            '{{ name }}' as period,
            {{ first_day }} as first_day,
            {{ last_day }} as last_day
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

summed as (

    select
        periods.period,
        periods.first_day,
        periods.last_day,
        {% for column in [
            'session_count', 'completed_count', 'due_count', 'tutor_reschedule_count',
            'tutor_cancellation_count', 'tutor_no_show_count', 'late_count',
            'first_session_count', 'judged_first_session_count', 'poor_first_session_count',
            'rating_count',
        ] %}
            cast(coalesce(sum(days.{{ column }}), 0) as bigint) as {{ column }},
        {% endfor %}
        sum(days.rating_mean * days.rating_count) / nullif(sum(days.rating_count), 0)
            as rating_mean
    from periods
    left join days
        on days.session_date between periods.first_day and periods.last_day
    group by 1, 2, 3

),

rated as (

    select
        period,
        first_day,
        last_day,
        session_count,
        completed_count,
        {{ platform_rates() }},
        tutor_cancellation_count,
        due_count,
        late_count,
        first_session_count,
        judged_first_session_count,
        rating_count,
        rating_mean,
        {{ as_of() }} as as_of
    from summed

),

rpt_platform_periods as (

    select
        rated.*,
        {{ rate_changes('rated', 'before') }}
    from rated
    left join rated as before
        on
            rated.period <> 'previous_week'
            and before.period = 'previous_week'

)

select * from rpt_platform_periods
