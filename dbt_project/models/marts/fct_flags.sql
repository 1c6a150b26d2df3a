with

spells as (

    select * from {{ ref('int_flag_spells') }}

),

latest as (

    select
        *,
        min(score_date) over (partition by tutor_id, component, spell) as opened_on,
        row_number() over (
            partition by tutor_id, component, spell
            order by score_date desc
        ) as recency
    from spells

),

fct_flags as (

    select
        tutor_id || '|' || component || '|' || cast(opened_on as varchar) as flag_id,
        tutor_id,
        component as kind,
        case when probability >= 0.97 then 'high' else 'watch' end as severity,
        opened_on,
        case
            when score_date < {{ as_of_date() }}
                then {{ days_before('score_date', -1) }}
        end as closed_on,
        score_date = {{ as_of_date() }} as is_open,
        probability,
        ratio,
        ratio_low,
        ratio_high,
        rate,
        rate_low,
        rate_high,
        platform_rate,
        expected as expected_count,
        trials as effective_session_count,
        points
    from latest
    where recency = 1

)

select * from fct_flags
