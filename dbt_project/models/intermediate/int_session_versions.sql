{{ config(tags='nightly') }}

{% set counted = outcomes('reported_cause', "first_session_told = 'first'") %}
{% set sums = ['reliability', 'attendance', 'quality', 'first_sessions'] %}

with

{{ session_versions() }},

moved as (

    select
        session_id,
        min(known_at) as known_at,
        max(rescheduled_from) as rescheduled_from
    from versions
    where rescheduled_from is not null
    group by 1

),

-- what counted at all: some were replaced before their slot
counting as (

    select
        *,
        {{ entered_on() }} as entered_on,
        {{ left_on() }} as left_on,
        {{ predicted_on('versions') }} as predicted_on,
        {{ fit_week_of_session('known_on') }} as fit_week
    from versions
    where
        status <> 'scheduled'
        and (replaced_on is null or {{ left_on() }} > {{ entered_on() }})

),

session_versions as (

    select
        counting.session_id,
        counting.version,
        counting.tutor_id,
        counting.session_date,
        counting.entered_on,
        counting.left_on,
        counting.predicted_on,
        {{ moves_before('counting', 'moved') }} as moves_before,
    {% for outcome in sums %}
        {% set counts, observed = counted[outcome] %}
        case when {{ counts }} then {{ observed }} else 0.0 end as {{ outcome }}_o,
        case when {{ counts }} then {{ expected_chance(outcome) }} else 0.0 end
            as {{ outcome }}_e{{ ',' if not loop.last }}
    {% endfor %}
    from counting
    left join moved
        on
            counting.rescheduled_from = moved.session_id
            and counting.known_at >= moved.known_at
    {{ join_effects('counting') }}

)

select * from session_versions
