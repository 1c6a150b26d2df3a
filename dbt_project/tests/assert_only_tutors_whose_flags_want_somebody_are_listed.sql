-- A row here means that a coach is sent to somebody for nothing, or that somebody is left out.
with

wanting as (

    select distinct tutor_id
    from {{ ref('fct_flags') }}
    where
        is_open
        and status not in ('snoozed', 'resolved', 'dismissed', 'cleared')

)

select
    listed.tutor_id as listed_tutor_id,
    wanting.tutor_id as wanting_tutor_id
from {{ ref('rpt_needs_attention') }} as listed
full outer join wanting
    on listed.tutor_id = wanting.tutor_id
where
    listed.tutor_id is null
    or wanting.tutor_id is null
