-- A row here means that a flag opened on evidence that was strong on one look only.
with

flags as (

    select * from {{ ref('fct_flags') }}
    where not opened_before_history

),

holding as (

    select
        component_days.tutor_id,
        component_days.component,
        component_days.score_date
    from {{ ref('int_flag_measures') }} as component_days
    inner join {{ ref('int_flag_rules') }} as rules
        on component_days.component = rules.component
    where
        component_days.probability > rules.flag_probability
        and component_days.expected >= rules.minimum_expected

)

select
    flags.flag_id,
    count(holding.score_date) as look_count
from flags
left join holding
    on
        flags.tutor_id = holding.tutor_id
        and flags.kind = holding.component
        and holding.score_date in (flags.opened_on, {{ days_before('flags.opened_on', 7) }})
group by 1
having count(holding.score_date) <> 2
