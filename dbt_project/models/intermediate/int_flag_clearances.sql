{{ config(materialized='ephemeral') }}

with

flags as (

    select * from {{ ref('fct_flags') }}
    where is_open

),

rules as (

    select * from {{ ref('score_components') }}

),

-- kept sessions that would bring the ratio back to the limit of the flag
clearances as (

    select
        flags.*,
        ceil(
            (
                (flags.expected_count + rules.prior_strength) * flags.ratio / rules.flag_ratio
                - rules.prior_strength
                - flags.expected_count
            ) / nullif(flags.platform_rate, 0)
        ) as sessions_to_clear
    from flags
    inner join rules
        on flags.kind = rules.component

),

worded as (

    select
        *,
        case
            when kind = 'quality'
                then 'Clears when ratings come back to the platform''s level.'
            when sessions_to_clear <= 1 then 'Close to clearing.'
            when sessions_to_clear > 200
                then 'Will not clear by waiting: more than 200 good sessions away.'
            else
                'Clears after about '
                || {{ number_text('sessions_to_clear') }}
                || case kind
                    when 'first_sessions' then ' good first sessions in a row.'
                    when 'attendance' then ' sessions in a row, there and on time.'
                    else ' sessions kept in a row.'
                end
        end as clears_text
    from clearances

)

select * from worded
