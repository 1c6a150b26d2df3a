{{ config(tags='nightly') }}

{% set this_month = month_number(as_of_date()) %}
{% set memory = 'cast(' ~ var('move_memory_months') ~ ' as double)' %}

with

stack_rows as (

    select * from {{ ref('int_stack_rows') }}
    where event_month <= {{ this_month }}

),

months as (

    {{ number_spine('bounds.first_month', this_month, 'event_month') }}
    from (select min(event_month) as first_month from stack_rows) as bounds

),

monthly as (

    select
        months.event_month,
    {% for name, value in stack_sums().items() %}
        coalesce(sum(sign * {{ value }}), 0) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from months
    left join stack_rows
        on months.event_month = stack_rows.event_month
    group by 1

),

-- one row for each pair of terms; `told` stands for what happened
pairs as (

    {% for one, other in stack_pairs(told=true) %}
        select
            event_month,
            '{{ one }}' as term,
            '{{ other }}' as other_term,
            {{ one }}_{{ other }} as monthly_sum
        from monthly
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

sums as (

    select
        event_month as fit_month,
        term,
        other_term,
        sum(monthly_sum * power(2.0, (event_month - {{ this_month }}) / {{ memory }})) over (
            partition by term, other_term
            order by event_month
        ) * power(2.0, ({{ this_month }} - event_month) / {{ memory }}) as known_sum
    from pairs

)

select * from sums
