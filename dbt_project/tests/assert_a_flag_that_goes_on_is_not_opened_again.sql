-- A row here means that somebody would be told of a flag that is known and going on already.
select
    flags.flag_id,
    later_flags.flag_id as other_flag_id
from {{ ref('fct_flags') }} as flags
inner join {{ ref('fct_flags') }} as later_flags
    on
        flags.tutor_id = later_flags.tutor_id
        and flags.kind = later_flags.kind
        and flags.flag_id <> later_flags.flag_id
where
    later_flags.opened_on >= flags.opened_on
    and (flags.closed_on is null or later_flags.opened_on < flags.closed_on)
