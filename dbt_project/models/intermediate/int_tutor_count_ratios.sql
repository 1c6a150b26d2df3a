{{ config(materialized='ephemeral') }}

{% set counted = {
    'reliability': ('session_count', 'tutor_change_count'),
    'attendance': ('due_count', 'attendance_incident_count'),
    'first_sessions': ('judged_first_session_count', 'poor_first_session_count'),
} %}
{% set z = 1.645 %}
{% set shape = '((observed + prior_strength) / phi)' %}
{% set scale = '((expected + prior_strength) / phi)' %}

with

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}

),

components as (

    select * from {{ ref('score_components') }}

),

counts as (

    {% for component, (trials, events) in counted.items() %}
        select
            tutor_id,
            score_date,
            '{{ component }}' as component,
            {{ trials }} as trials,
            {{ events }} as observed,
            sum({{ events }}) over all_tutors
            / nullif(sum({{ trials }}) over all_tutors, 0) as platform_rate
        from evidence
        window all_tutors as (partition by score_date)
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

ratios as (

    select
        counts.*,
        components.weight,
        components.steepness,
        components.flag_ratio,
        components.prior_strength,
        counts.trials * coalesce(counts.platform_rate, 0) as expected,
        {{ poisson_phi('coalesce(counts.platform_rate, 0)') }} as phi
    from counts
    inner join components
        on counts.component = components.component

),

counted as (

    select
        tutor_id,
        score_date,
        component,
        trials,
        observed,
        expected,
        platform_rate,
        weight,
        steepness,
        (observed + prior_strength) / (expected + prior_strength) as ratio,
        {{ gamma_quantile(shape, scale, -z) }} as ratio_low,
        {{ gamma_quantile(shape, scale, z) }} as ratio_high,
        {{ gamma_exceedance(shape, scale, 'flag_ratio') }} as probability
    from ratios

)

select * from counted
