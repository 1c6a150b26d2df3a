-- The CTE `signals` over one named `evidence`, for the models and for what-ifs alike.
-- A flag opens on strong evidence seen twice, a week apart, and closes only when that is clearly
-- gone. What holds on the first day of the history was confirmed before it.
{% macro flag_signals() -%}
    looked_at as (

        select
            *,
            case
                when
                    is_eligible
                    and probability > flag_probability
                    and expected >= minimum_expected
                    then 1
                else 0
            end as is_holding,
            case when not is_eligible or probability < release_probability then 1 else 0 end
                as is_cleared
        from evidence

    ),

    confirmed as (

        select
            *,
            coalesce(max(is_holding) over a_week_before, 0) as was_holding,
            max(is_cleared) over the_week as was_cleared
        from looked_at
        window
            a_week_before as (
                partition by tutor_id, kind
                order by day_number
                range between 7 preceding and 7 preceding
            ),
            the_week as (
                partition by tutor_id, kind
                order by day_number
                range between 7 preceding and current row
            )

    ),

    signals as (

        select
            *,
            case
                when is_cleared = 1 then 'closed'
                when is_holding = 1 and was_holding = 1 and was_cleared = 0 then 'open'
                when is_holding = 1 and day_number = 0 then 'open'
            end as signal
        from confirmed

    )
{%- endmacro %}

-- Whether a flag is held on a day of `signals`: it was opened and not closed since.
{% macro is_held() -%}
    coalesce(
        last_value(signal ignore nulls) over (
            partition by tutor_id, kind
            order by score_date
            rows between unbounded preceding and current row
        ) = 'open',
        false
    )
{%- endmacro %}
