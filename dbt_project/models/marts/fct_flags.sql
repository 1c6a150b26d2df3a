with

rules as (

    select * from {{ ref('score_components') }}

),

-- most tutors never come near a flag
suspected as (

    select distinct
        component_days.tutor_id,
        component_days.component
    from {{ ref('int_tutor_component_days') }} as component_days
    inner join rules
        on component_days.component = rules.component
    where component_days.probability > rules.flag_probability

),

component_days as (

    select component_days.*
    from {{ ref('int_tutor_component_days') }} as component_days
    inner join suspected
        on
            component_days.tutor_id = suspected.tutor_id
            and component_days.component = suspected.component

),

scores as (

    select * from {{ ref('fct_tutor_scores') }}

),

-- a flag opens on strong evidence and closes only when the evidence is clearly gone
signals as (

    select
        component_days.*,
        case
            when scores.state <> 'scored' then 'closed'
            when
                component_days.probability > rules.flag_probability
                and component_days.expected >= rules.minimum_expected
                then 'open'
            when component_days.probability < rules.release_probability then 'closed'
        end as signal
    from component_days
    inner join rules
        on component_days.component = rules.component
    inner join scores
        on
            component_days.tutor_id = scores.tutor_id
            and component_days.score_date = scores.score_date

),

held as (

    select
        *,
        coalesce(
            last_value(signal ignore nulls) over (
                partition by tutor_id, component
                order by score_date
                rows between unbounded preceding and current row
            ) = 'open',
            false
        ) as is_flagged
    from signals

),

edges as (

    select
        *,
        case
            when
                is_flagged
                and not coalesce(
                    lag(is_flagged) over (partition by tutor_id, component order by score_date),
                    false
                )
                then 1
            else 0
        end as is_opening
    from held

),

spells as (

    select
        *,
        sum(is_opening) over (
            partition by tutor_id, component
            order by score_date
            rows between unbounded preceding and current row
        ) as spell
    from edges
    where is_flagged

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
