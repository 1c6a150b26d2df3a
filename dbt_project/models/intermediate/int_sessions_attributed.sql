{{ config(materialized='ephemeral') }}

with

sessions as (

    select * from {{ ref('int_sessions_latest') }}
    {% if is_micro_batch() %}
        where session_id in ({{ touched_sessions() }})
    {% endif %}

),

outages as (

    select
        slot_bucket,
        outage_reason
    from {{ ref('int_platform_outages') }}
    where outage_reason is not null

),

attributed as (

    select
        sessions.*,
        outages.outage_reason,
        case
            when
                outages.outage_reason is not null
                and sessions.status in ('no_show', 'cancelled')
                then 'platform'
            else sessions.reported_cause
        end as caused_by,

        coalesce(
            sessions.first_session_told = 'first'
            or (
                sessions.first_session_told = 'not told'
                and sessions.scheduled_start = pair_starts.first_start
                and sessions.status not in ('rescheduled', 'cancelled')
            ),
            false
        ) as is_first_session

    from sessions
    left join outages
        on sessions.slot_bucket = outages.slot_bucket
    left join {{ ref('int_pair_starts') }} as pair_starts
        on
            sessions.student_id = pair_starts.student_id
            and sessions.tutor_id = pair_starts.tutor_id

),

judged as (

    select
        *,
        coalesce(caused_by = 'tutor', false) as is_tutor_caused,
        outage_reason is null
        and (status = 'completed' or coalesce(caused_by = 'tutor', false)) as counts_for_tutor,
        outage_reason is null and {{ is_late_start() }} as is_late_start,
        outage_reason is null and {{ is_early_end() }} as is_early_end,
        coalesce(
            caused_by = 'tutor' and notice_hours < {{ var('short_notice_hours') }}, false
        ) as is_short_notice,
        coalesce(status = 'no_show' and caused_by = 'tutor', false) as is_tutor_no_show
    from attributed

)

select * from judged
