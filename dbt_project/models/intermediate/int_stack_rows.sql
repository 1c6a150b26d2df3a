{{ config(tags='nightly') }}

with

risks as (

    select
        risks.*,
        moves.move_ratio
    from {{ ref('int_version_risks') }} as risks
    left join {{ ref('int_move_ratios') }} as moves
        on
            risks.moves_before = moves.moves_before
            and moves.fit_month = {{ fit_month_of('risks.predicted_on') }}

),

termed as (

    select
        entered_on,
        left_on,
        observed,
        {{ bounded_risk('probability * coalesce(move_ratio, 1)') }} as product,
    {% for name, term, _ in stack_terms() %}
        {{ term }} as term_{{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from risks

),

changes as (

    {{ changes_of('termed') }}

),

-- counted from the month after
stack_rows as (

    select
        *,
        {{ month_number('changed_on') }} + 1 as event_month,
        {{ chance(plain_stack()) }} as chance
    from changes

)

select * from stack_rows
