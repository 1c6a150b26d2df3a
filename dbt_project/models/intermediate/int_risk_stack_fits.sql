{{ config(tags='nightly') }}

with

sums as (

    select * from {{ ref('int_risk_stack_sums') }}
    where term <> 'count'

),

-- one Newton step from the plain product, to which a ridge holds: a system of nine equations
pivot_0 {{ as_kept() }} (

    select
        fit_month,
        term,
        other_term,
        known_sum + case when term = other_term then {{ var('stack_ridge') }} else 0 end as entry
    from sums
    union all
    select
        fit_month,
        other_term as term,
        term as other_term,
        known_sum as entry
    from sums
    where
        other_term <> 'told'
        and term <> other_term

),

{% for name in stack_names() %}
    {{ stack_pivot(loop.index, name) }},
{% endfor %}

solved as (

    select
        fit_month,
        term,
        entry
    from pivot_{{ stack_names() | length }}
    where other_term = 'told'

),

counts as (

    select
        fit_month,
        known_sum
    from {{ ref('int_risk_stack_sums') }}
    where term = 'count'

),

fits as (

    select
        solved.fit_month,
        max(counts.known_sum) as session_count,
    {% for name, _, plain in stack_terms() %}
        {{ plain }} + sum(case when solved.term = '{{ name }}' then solved.entry end)
            as coefficient_{{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from solved
    inner join counts
        on solved.fit_month = counts.fit_month
    group by 1

)

select * from fits
