-- A row here means that a known tutor has no scorecard, for instance for not teaching yesterday.
{{ config(tags=['gate']) }}

select tutors.tutor_id
from {{ ref('dim_tutors') }} as tutors
left join {{ ref('rpt_tutor_scorecards') }} as scorecards
    on tutors.tutor_id = scorecards.tutor_id
where scorecards.tutor_id is null
