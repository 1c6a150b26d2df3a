{{ config(materialized='view') }}

{% set columns = [
    'component', 'label', 'prior_strength', 'flag_ratio', 'flag_probability', 'release_probability',
    'minimum_expected', 'matching_days', 'quiet_days', 'worse_ratio',
] %}

with

rules as (

    select {{ columns | join(', ') }} from {{ ref('score_components') }}
    union all
    -- what is flagged and is no part of the score
    select {{ columns | join(', ') }} from {{ ref('flag_kinds') }}

)

select * from rules
