{{ config(materialized='ephemeral') }}

with

spells as (

    select
        *,
        {{ normal_quantile('1 - release_probability') }} as release_z
    from {{ ref('int_flag_spells') }}
    where is_open

),

today as (

    select {{ as_of_date() }} as score_date

),

fitted as (

    {{ priors_on('today') }}

),

priors as (

    select
        rules.component,
        coalesce(fitted.prior_expected, rules.prior_strength) as prior_expected
    from {{ ref('int_flag_rules') }} as rules
    left join fitted
        on rules.component = fitted.component

),

clearances as (

    select
        spells.*,
        case spells.kind
            when 'quality' then {{ ratings_to_clear() }}
            when 'churn' then null
            else {{ trials_to_clear() }}
        end as distance
    from spells
    left join priors
        on spells.kind = priors.component

),

counted as (

    select
        *,
        cast(case when distance < 1 then 1 else ceil(distance) end as bigint) as sessions_to_clear
    from clearances

),

worded as (

    select
        spell_id,
        sessions_to_clear,
        case
            when kind = 'churn'
                then
                    'Clears when fewer than '
                    || {{ number_text('100 * ' ~ rate_to_clear(), 1) }}
                    || ' % like this tutor leave within four weeks; now '
                    || {{ number_text('100 * rate', 1) }} || ' %.'
            when sessions_to_clear is null
                then
                    'Clears when its probability is below '
                    || {{ number_text('100 * release_probability') }} || ' %.'
            when sessions_to_clear = 1 then 'Close to clearing.'
            when sessions_to_clear > 200
                then 'Will not clear by waiting: more than 200 good sessions away.'
            else
                'Clears after about ' || {{ number_text('sessions_to_clear') }}
                || {{ clearing_words() }}
        end as clears_text
    from counted

)

select * from worded
