{{ config(tags='nightly') }}

with

interventions as (

    select * from {{ ref('fct_interventions') }}

),

horizons as (

    select 28 as horizon_days
    union all
    select 56 as horizon_days

),

rpt_intervention_counts as (

    select
        horizons.horizon_days,
        count(interventions.action_id) as action_count,
        {% for state in [
            'measured', 'too_early', 'too_few_sessions', 'no_peers', 'out_of_history',
        ] %}
            {{ count_if("interventions.state = '" ~ state ~ "'") }} as {{ state }}_count,
        {% endfor %}
        {% for verdict in ['helped', 'worse', 'no_clear_effect'] %}
            {{ count_if("interventions.verdict = '" ~ verdict ~ "'") }} as {{ verdict }}_count,
        {% endfor %}
        {{ as_of() }} as as_of
    from horizons
    left join interventions
        on horizons.horizon_days = interventions.horizon_days
    group by 1

)

select * from rpt_intervention_counts
