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
