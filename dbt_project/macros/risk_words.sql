-- how far a risk is above what the platform comes to; what stays rare does not stand out
{% macro risk_severity() -%}
    case
        when probability < {{ var('risk_least') }} then null
        when probability >= {{ var('risk_high_times') }} * platform_rate then 'high'
        when probability >= {{ var('risk_watch_times') }} * platform_rate then 'watch'
    end
{%- endmacro %}

{% macro risk_reason() -%}
    {{ number_text('100 * platform_rate', 1) }} || ' % of all such sessions'
    || {{ factor_words('slot_factor', 'at this time and with this lead') }}
    || {{ factor_words('tutor_factor', "with this tutor''s past") }}
    || {{ factor_words('recent_factor', 'with the last weeks') }}
    || {{ factor_words('moves_factor', 'since it was moved before') }}
    || {{ factor_words('stack_factor', 'with all that is known of the tutor') }}
{%- endmacro %}

-- a factor that changes little is not worth a word
{% macro factor_words(factor, words) -%}
    case
        when {{ factor }} between 0.9 and 1.1 then ''
        else ', × ' || {{ number_text(factor, 1) }} || ' {{ words }}'
    end
{%- endmacro %}
