-- A row here means that too little data was shown as a number, or that a score is missing.
select
    tutor_id,
    state,
    score
from {{ ref('rpt_tutor_scorecards') }}
where (state = 'scored') <> (score is not null)
