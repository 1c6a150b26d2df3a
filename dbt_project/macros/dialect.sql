-- The only file that may speak one engine's dialect. Models call these and stay portable.

-- `dbt compile` leaves as-of moment and watermark open, for SQL that is compiled once and run often.
{% macro as_of() -%}
    {%- if flags.WHICH == 'compile' -%}
        getvariable('as_of')
    {%- else -%}
        {%- set moment = var('as_of') -%}
        cast('{{ run_started_at.isoformat() if moment == 'now' else moment }}' as timestamptz)
    {%- endif -%}
{%- endmacro %}

-- The last record that the lake is known to hold whole. Later ones may be seen before some that
-- came earlier, as a drain writes one file after the other; they wait for the next build.
{% macro landed_seq() -%}
    {{ "getvariable('ingest_seq')" if flags.WHICH == 'compile' else var('ingest_seq') }}
{%- endmacro %}

-- A build as it was known on a day reads nothing that was told later.
{% macro is_known_by(moment) -%}
    {%- if var('known_by') -%}
        {{ moment }} <= cast('{{ var("known_by") }}' as timestamptz)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro business_date(moment) -%}
    cast(timezone('{{ var("time_zone") }}', {{ moment }}) as date)
{%- endmacro %}

{% macro start_of_day(day) -%}
    timezone('{{ var("time_zone") }}', cast({{ day }} as timestamp))
{%- endmacro %}

{% macro as_of_date() -%}
    {{ business_date(as_of()) }}
{%- endmacro %}

{% macro minutes_between(start, end) -%}
    (epoch({{ end }}) - epoch({{ start }})) / 60.0
{%- endmacro %}

{% macro seconds_between(start, end) -%}
    epoch({{ end }}) - epoch({{ start }})
{%- endmacro %}

{% macro minutes_after(moment, count) -%}
    {{ moment }} + interval ({{ count }}) minute
{%- endmacro %}

{% macro time_bucket(moment, minutes) -%}
    time_bucket(interval ({{ minutes }}) minute, {{ moment }})
{%- endmacro %}

-- with minutes as a part of an hour
{% macro local_hour(moment, zone) -%}
    (extract('hour' from {{ local_time(moment, zone) }}) + extract('minute' from {{ local_time(moment, zone) }}) / 60.0)
{%- endmacro %}

{% macro local_weekday(moment, zone) -%}
    isodow({{ local_time(moment, zone) }})
{%- endmacro %}

{% macro local_time(moment, zone) -%}
    timezone(coalesce({{ zone }}, '{{ var("time_zone") }}'), {{ moment }})
{%- endmacro %}

{% macro days_between(start, end) -%}
    date_diff('day', {{ start }}, {{ end }})
{%- endmacro %}

{% macro whole_weeks(start, end) -%}
    cast(floor({{ days_between(start, end) }} / 7.0) as integer)
{%- endmacro %}

{% macro days_before(day, count) -%}
    cast({{ day }} - interval ({{ count }}) day as date)
{%- endmacro %}

-- A CTE that two others read and that is too dear to make twice.
{% macro as_kept() -%}
    as materialized
{%- endmacro %}

-- Values that are few, for `in`: the planner then looks them up, whatever it thinks of `relation`.
{% macro few(value, relation) -%}
    (select unnest(list(distinct {{ value }})) from {{ relation }})
{%- endmacro %}

{% macro number_spine(first, last, name) -%}
    select cast(unnest(generate_series({{ first }}, {{ last }})) as integer) as {{ name }}
{%- endmacro %}

{% macro day_spine(first_day, last_day) -%}
    select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as score_date
{%- endmacro %}

{% macro component_struct() -%}
    struct_pack(
        component := component, label := label, points := points,
        event_count := event_count, session_count := session_count,
        expected_count := expected_count, rate := rate, rate_low := rate_low,
        rate_high := rate_high, platform_rate := platform_rate, reason_text := reason_text
    )
{%- endmacro %}

{% macro fact(label, value) -%}
    struct_pack(label := {{ label }}, value := {{ value }})
{%- endmacro %}

{% macro number_text(value, digits=0) -%}
    format('{:,.{{ digits }}f}', cast({{ value }} as double))
{%- endmacro %}

-- few are told to a tenth, many are not
{% macro count_text(value) -%}
    case when {{ value }} < 10 then {{ number_text(value, 1) }} else {{ number_text(value) }} end
{%- endmacro %}

{% macro date_or_null(text) -%}
    try_cast({{ text }} as date)
{%- endmacro %}

{% macro quantile(value, share) -%}
    percentile_cont({{ share }}) within group (order by {{ value }})
{%- endmacro %}

-- the first of a list; null when it is empty
{% macro first_of(list) -%}
    {{ list }}[1]
{%- endmacro %}
