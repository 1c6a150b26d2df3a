-- The columns that `int_case_mix_cells` sums: for each outcome its trials, what was observed, and the
-- square of that, in the long memory of the effects and in the short one of the platform's level.
{% macro case_mix_sums() -%}
    {% set names = [] %}
    {% for outcome in outcomes('x', 'x') %}
        {% for sum in ['long_n', 'long_y', 'long_yy', 'short_n', 'short_y'] %}
            {% do names.append(outcome ~ '_' ~ sum) %}
        {% endfor %}
    {% endfor %}
    {{ return(names) }}
{%- endmacro %}

{% macro case_mix_counts() -%}
    {% for outcome, (counts, observed) in outcomes('reported_cause', "first_session_told = 'first'").items() -%}
        sum(case when {{ counts }} then long_weight else 0 end) as {{ outcome }}_long_n,
        sum(case when {{ counts }} then long_weight * {{ observed }} else 0 end) as {{ outcome }}_long_y,
        sum(case when {{ counts }} then long_weight * power({{ observed }}, 2) else 0 end) as {{ outcome }}_long_yy,
        sum(case when {{ counts }} then short_weight else 0 end) as {{ outcome }}_short_n,
        sum(case when {{ counts }} then short_weight * {{ observed }} else 0 end) as {{ outcome }}_short_y{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

-- The half-life in weeks of a sum: effects have a long memory, the platform's level a short one.
{% macro memory_weeks(sum) -%}
    cast({{ var('platform_level_weeks') if 'short' in sum else var('case_mix_weeks') }} as double)
{%- endmacro %}

-- The week of the fit that a day goes by: used from its second day on, so that there is a night to
-- make it in.
{% macro fit_week_of(day) -%}
    greatest({{ week_number(days_before(day, 1)) }}, {{ first_fit_week() }})
{%- endmacro %}

-- So that fits do not grow with history: of what is older, half a percent still weighs in a fit of today.
{% macro first_fit_week() -%}
    ({{ week_number(as_of_date()) }} - {{ var('fit_history_weeks') }})
{%- endmacro %}

-- One Newton step of a penalised logistic regression for all levels of one factor, the others held:
-- two CTEs, what each level gains and the cells with it.
{% macro case_mix_step(number, factor) -%}
    gain_{{ number }} as (

        select
            outcome,
            fit_week,
            {{ factor }},
            (
                sum(long_y - long_n * {{ chance('eta') }})
                - max(ridge) * max(effect_{{ factor }})
            ) / (
                sum(long_n * {{ chance('eta') }} * (1 - {{ chance('eta') }}))
                + max(ridge)
            ) as gain
        from step_{{ number - 1 }}
        group by outcome, fit_week, {{ factor }}

    ),

    step_{{ number }} {{ as_kept() }} (

        select
            {{ case_mix_row('cells') }},
            cells.eta + gains.gain as eta,
            {% for other in case_mix_factors() %}
                cells.effect_{{ other }}{{ ' + gains.gain' if other == factor }} as effect_{{ other }}{{ ',' if not loop.last }}
            {% endfor %}
        from step_{{ number - 1 }} as cells
        inner join gain_{{ number }} as gains
            on
                cells.outcome = gains.outcome
                and cells.fit_week = gains.fit_week
                and cells.{{ factor }} = gains.{{ factor }}

    )
{%- endmacro %}

{% macro case_mix_row(cells) -%}
    {% for column in ['outcome', 'fit_week'] + case_mix_factors()
        + ['long_n', 'long_y', 'long_yy', 'short_n', 'short_y', 'prior_rate', 'ridge'] -%}
        {{ cells }}.{{ column }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

-- What is expected of an outcome before anything is known.
{% macro prior_logit(outcome) -%}
    (
        select ln(priors.prior_rate / (1 - priors.prior_rate))
        from {{ ref('outcome_priors') }} as priors
        where priors.outcome = '{{ outcome }}'
    )
{%- endmacro %}
