-- A row here means that a student is said to have come again without a session that shows it.
select
    student_id,
    tutor_id
from {{ ref('fct_first_sessions') }}
where
    coalesce(came_again, false) <> (next_session_id is not null)
    or coalesce(came_again_to_tutor, false) <> (next_session_with_tutor_id is not null)
    or (came_again_to_tutor and not coalesce(came_again, false))
