{{ config(materialized='view') }}

-- a tutor without any keeps a row of nulls
select * from {{ ref('int_flag_tutor_spells') }}
where spell_id is not null
