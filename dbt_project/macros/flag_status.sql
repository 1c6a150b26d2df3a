-- Where a flag stands at a day and moment, by what was last done about it. A person's decision holds
-- until its silence ends; what others did meanwhile, perhaps at the same moment, does not undo it.
{% macro flag_status(day, moment) -%}
    case
        when decision_action = 'resolve' and {{ is_silent(day) }} then 'resolved'
        when decision_action = 'dismiss' and {{ is_silent(day) }} then 'dismissed'
        when snooze_ends_at > {{ moment }} and {{ is_after_decision('snooze_acted') }}
            then 'snoozed'
        when decision_action = 'assign' then 'assigned'
        when {{ is_after_decision('noticed') }} then 'acknowledged'
        when decision_action is not null then 'regressed'
        when past_action = 'dismiss' and past_quiet_until > {{ day }} then 'dismissed'
        when past_action is not null then 'regressed'
        else 'open'
    end
{%- endmacro %}

-- a flag that cannot be found has no evidence that could end the silence
{% macro is_silent(day) -%}
    coalesce(decision_quiet_until > {{ day }}, true)
{%- endmacro %}

{% macro is_after_decision(what) -%}
    (
        {{ what }}_at is not null
        and (
            decision_action is null
            or (
                {{ what }}_at > decision_acted_at
                and (decision_action = 'assign' or {{ what }}_on >= decision_quiet_until)
            )
        )
    )
{%- endmacro %}
