-- What fails when the platform does: nobody gets in, or the call breaks down.
{% macro is_failing() -%}
    status = 'no_show'
    or coalesce(technical_issue, false)
    or (status = 'cancelled' and coalesce(reported_cause = 'platform' or notice_hours < 1, false))
{%- endmacro %}
