{{ config(tags='nightly') }}

with

fits as (

    select * from {{ ref('int_risk_stack_fits') }}

),

-- each month is told by the fit of the month before, which knows nothing of it
held_out as (

    select
        stack_rows.event_month,
        stack_rows.sign,
        stack_rows.observed,
        stack_rows.product,
        {{ bounded_risk(chance(stacked('fits', 'stack_rows'))) }} as stacked
    from {{ ref('int_stack_rows') }} as stack_rows
    inner join fits
        on stack_rows.event_month = fits.fit_month + 1

),

losses as (

    select
        event_month,
        sign,
        {{ log_loss('product') }} as product_loss,
        {{ log_loss('stacked') }} as stack_loss
    from held_out

),

judged as (

    select
        event_month as fit_month,
        sum(sign) as held_out_count,
        sum(sign * product_loss) / nullif(sum(sign), 0) as product_loss,
        sum(sign * stack_loss) / nullif(sum(sign), 0) as stack_loss,
        sum(sign * (product_loss - stack_loss)) as gain,
        sqrt(greatest(sum(sign * power(product_loss - stack_loss, 2)), 0)) as gain_error
    from losses
    group by 1

),

stacks as (

    select
        fits.*,
        judged.held_out_count,
        judged.product_loss,
        judged.stack_loss,
        coalesce(judged.gain > {{ var('stack_margin') }} * judged.gain_error, false) as is_used
    from fits
    left join judged
        on fits.fit_month = judged.fit_month

)

select * from stacks
