{{ config(tags=['nightly']) }}

{% set z = 1.645 %}
{% set kinds = {
    'tutor': 'tutor_id', 'subject': 'subject', 'local_hours': 'local_hours',
    'grade_level': 'grade_level', 'platform': "'all'",
} %}
{% set rates = {
    'poor': ('judged_count', 'poor_count'),
    'came_again': ('closed_count', 'came_again_count'),
    'came_again_to_tutor': ('closed_count', 'came_again_to_tutor_count'),
} %}

with

-- who came again at once is known at once, so only sessions whose time is over say how many do
first_sessions as (

    select
        *,
        {{ days_between('session_date', as_of_date()) }} as days_ago,
        session_date < {{ days_before(as_of_date(), retention_var('second_session_days')) }}
            as is_closed
    from {{ ref('fct_first_sessions') }}
    where session_id is not null

),

counts as (

    {% for days in [90, 365] %}
        {% set is_last_window = loop.last %}
        {% for kind, column in kinds.items() %}
            select
                '{{ kind }}' as kind,
                coalesce({{ column }}, 'not told') as group_value,
                {{ days }} as window_days,
                count(*) as first_session_count,
                {{ count_if('is_poor is not null') }} as judged_count,
                {{ count_if('is_poor') }} as poor_count,
                {{ count_if('is_closed') }} as closed_count,
                {{ count_if('is_closed and came_again') }} as came_again_count,
                {{ count_if('is_closed and came_again_to_tutor') }} as came_again_to_tutor_count
            from first_sessions
            where days_ago between 0 and {{ days }} - 1
            group by {{ column }}
            {{ 'union all' if not (loop.last and is_last_window) }}
        {% endfor %}
    {% endfor %}

),

platform as (

    select
        {% for rate, (trials, events) in rates.items() %}
            sum({{ events }}) / nullif(sum({{ trials }}), 0) as {{ rate }}_mean,
        {% endfor %}
        window_days
    from counts
    where kind = 'tutor'
    group by window_days

),

strengths as (

    select
        {% for rate, (trials, events) in rates.items() %}
            max({{ rate }}_mean) as {{ rate }}_mean,
            {{ beta_binomial_strength(trials, events, rate ~ '_mean') }} as {{ rate }}_strength,
        {% endfor %}
        counts.window_days
    from counts
    inner join platform
        on counts.window_days = platform.window_days
    where kind = 'tutor'
    group by counts.window_days

),

rpt_first_session_patterns as (

    select
        counts.*,
        {{ enough_state('judged_count') }} as state,
        {% for rate, (trials, events) in rates.items() %}
            {{ group_rate(rate, trials, events, z) }},
        {% endfor %}
        {{ as_of() }} as as_of
    from counts
    inner join strengths
        on counts.window_days = strengths.window_days

)

select * from rpt_first_session_patterns
