-- A row here means that a receipt does not add up: a coach could not explain the score.
{{ config(tags=['gate']) }}

select
    tutor_id,
    score_date,
    score
from {{ ref('fct_tutor_scores') }}
where
    state = 'scored'
    and {{ is_made_now() if is_micro_batch() else 'true' }}
    and (
        score <> baseline
        + reliability_points + attendance_points + quality_points + first_sessions_points
        or score not between 0 and 100
        or score not between score_low and score_high
    )
