-- The columns of a churn fact from `risk_weeks` joined to `hazards`. Nothing is told as a number
-- before enough departures are known; the ratios multiply up from the platform's chance exactly.
{% macro churn_facts(factors) %}
    {% set is_told = "coalesce(departure_count, 0) >= " ~ retention_var('enough_departure_weeks') %}
    {{ week_start('risk_weeks.week_number') }} as week_start,
    risk_weeks.week_end,
    case when {{ is_told }} then 'told' else 'not_enough_data' end as state,
    {# the same person is counted week after week, so a count is worth less than it says #}
    {% set evidence = 'evidence / ' ~ retention_var('churn_overlap_weeks') ~ '.0' %}
    {% set shape, other_shape = 'chance_4 * ' ~ evidence, '(1 - chance_4) * ' ~ evidence %}
    {% set numbers = {
        'weekly_hazard': 'weekly_hazard',
        'leaving_probability': 'chance_4',
        'leaving_probability_low': beta_quantile(shape, other_shape, -1.645),
        'leaving_probability_high': beta_quantile(shape, other_shape, 1.645),
        'platform_probability': 'chance_0',
    } %}
    {% for name, number in numbers.items() %}
        case when {{ is_told }} then {{ number }} end as {{ name }},
    {% endfor %}
    {% for factor in factors %}
        case when {{ is_told }} then chance_{{ loop.index }} / nullif(chance_{{ loop.index0 }}, 0) end
            as {{ factor }}_ratio,
    {% endfor %}
    coalesce(known_count, 0) as known_count,
    risk_weeks.last_session_date,
    risk_weeks.idle_weeks,
    risk_weeks.trouble,
    risk_weeks.trend,
    risk_weeks.tenure,
    risk_weeks.tenure_weeks,
    risk_weeks.recent_session_count,
    risk_weeks.usual_session_count,
    risk_weeks.left_within_4_weeks,
    case when risk_weeks.left_within_4_weeks then risk_weeks.left_on end as left_on,
    {{ var('formula_version') }} as formula_version,
    {{ as_of() }} as as_of
{% endmacro %}

-- What raises the chance by a tenth or more, in the order of the factors, with by how much.
{% macro churn_reasons(words) -%}
    case
        when state <> 'told' then 'Not enough departures are known yet'
        else coalesce(nullif(concat_ws('; ', {% for factor, text in words.items() %}
            case
                when {{ factor }}_ratio >= 1.1
                    then {{ text }} || ' (' || {{ number_text(factor ~ '_ratio', 1) }} || ' times as likely)'
            end{{ ',' if not loop.last }}
        {% endfor %}), ''), 'As likely as others, or less')
    end
{%- endmacro %}

{% macro idle_words() -%}
    case idle_weeks
        when 0 then 'taught this week'
        when 1 then 'no session for a week'
        else 'no session for ' || cast(idle_weeks as varchar) || ' weeks'
    end
{%- endmacro %}
