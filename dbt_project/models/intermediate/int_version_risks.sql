{{ config(tags='nightly') }}

{% set sums = version_evidence() %}
{% set known_from = 'greatest(changed_on, ' ~ first_told_day() ~ ')' %}

with

versions as (

    select
        *,
    {% for outcome in ['reliability', 'attendance', 'quality'] %}
        case when {{ outcome }}_e > 0 then 1 else 0 end as {{ outcome }}_n{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_session_versions') }}

),

changes as (

    {{ changes_of('versions') }}

),

-- evidence is known from the day after it came, and what came late has aged since its slot; what
-- came before the first day that is told of is one row
entries as (

    select
        null as session_id,
        null as version_number,
        tutor_id,
        {{ days_between(as_of_date(), known_from) }} + 1 as day_number,
        false as is_request,
    {% for name, (source, half_life) in sums.items() %}
        sum(
            sign * {{ source }}
            * exp(-ln(2) / {{ half_life }} * ({{ days_between('session_date', known_from) }} + 1))
        ) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from changes
    group by tutor_id, {{ known_from }}
    union all
    select
        session_id,
        version as version_number,
        tutor_id,
        {{ days_between(as_of_date(), 'predicted_on') }} as day_number,
        true as is_request,
        {{ zeros(sums) }}
    from versions
    where
        reliability_n = 1
        and predicted_on > {{ first_told_day() }}

),

before as (

    select
        session_id,
        version_number,
    {% for name, (_, half_life) in sums.items() %}
        sum({{ name }} * {{ age_weight(half_life) }}) over history
        / {{ age_weight(half_life) }} as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from entries
    window history as (
        partition by tutor_id
        order by day_number, is_request
        rows between unbounded preceding and current row
    )

),

told as (

    select
        versions.session_id,
        versions.version,
        versions.moves_before,
        versions.predicted_on,
        versions.entered_on,
        versions.left_on,
        versions.reliability_o as observed,
        versions.reliability_e as expected,
        {% for name in sums %}
            before.{{ name }},
        {% endfor %}
        {{ told_risk('reschedule', 'versions.reliability_e', [slow_ratio(), fast_ratio()]) }}
            as probability
    from versions
    inner join before
        on
            versions.session_id = before.session_id
            and versions.version = before.version_number

)

select * from told
