-- Each day of the spine with the evidence up to it: `numbered` are entries of both, by day_number.
{% macro all_accumulated_days(numbered) -%}
    select
        tutor_id,
        entry_date as score_date,
        is_spine,
        {{ aged_evidence('history') }},
        cast(sum(recent_n) over recent_days as bigint) as window_session_count,
        {{ newest_built_seq() }} as built_seq,
        {{ as_of() }} as built_at
    from {{ numbered }}
    window
        history as (
            partition by tutor_id
            order by day_number, is_spine
            rows between unbounded preceding and current row
        ),
        recent_days as (
            partition by tutor_id
            order by day_number
            range between {{ var('window_days') | int(90) - 1 }} preceding and current row
        )
{%- endmacro %}

{% macro few_accumulated_days(numbered) -%}
    select
        targets.tutor_id,
        targets.entry_date as score_date,
        targets.is_spine,
        {{ evidence_upto('targets', 'entries') }},
        cast(
            sum(
                case
                    when entries.day_number > targets.day_number - {{ var('window_days') }}
                        then entries.recent_n
                    else 0
                end
            ) as bigint
        ) as window_session_count,
        {{ newest_built_seq() }} as built_seq,
        {{ as_of() }} as built_at
    from {{ numbered }} as targets
    inner join {{ numbered }} as entries
        on
            targets.tutor_id = entries.tutor_id
            and targets.day_number >= entries.day_number
    where
        targets.is_spine
        -- those of the spine are empty; one is enough for a day without any other
        and (not entries.is_spine or entries.day_number = targets.day_number)
    group by 1, 2, 3
{%- endmacro %}
