-- The platform's rate of an outcome as it was fitted for the week of a day, or the seed's before that.
{% macro platform_rates_on(days) -%}
    select
        days.score_date,
        priors.outcome,
        coalesce(levels.platform_rate, priors.prior_rate) as platform_rate,
        coalesce(levels.dispersion, 1) as dispersion
    from (select distinct score_date from {{ days }}) as days
    cross join {{ ref('outcome_priors') }} as priors
    left join {{ ref('int_platform_levels') }} as levels
        on
            priors.outcome = levels.outcome
            and levels.fit_week = least(
                {{ fit_week_of('days.score_date') }},
                (select max(newest.fit_week) from {{ ref('int_platform_levels') }} as newest)
            )
{%- endmacro %}

-- The prior of each counted component for a day, fitted for its week, or the seed's before that.
{% macro priors_on(days) -%}
    select
        days.score_date,
        components.component,
        coalesce(spreads.prior_observed, components.prior_strength) as prior_observed,
        coalesce(spreads.prior_expected, components.prior_strength) as prior_expected
    from (select distinct score_date from {{ days }}) as days
    cross join {{ ref('score_components') }} as components
    left join {{ ref('int_component_spreads') }} as spreads
        on
            components.component = spreads.outcome
            and spreads.fit_week = {{ fit_week_of_spread('days.score_date') }}
{%- endmacro %}

{% macro fit_week_of_spread(day) -%}
    least(
        {{ fit_week_of(day) }},
        (select max(newest.fit_week) from {{ ref('int_component_spreads') }} as newest)
    )
{%- endmacro %}
