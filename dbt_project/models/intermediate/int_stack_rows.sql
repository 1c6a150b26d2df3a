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

-- a version counts from the month after it was known until the month after another took its place
stack_rows as (

    {% for day, sign in {'entered_on': 1, 'left_on': -1}.items() %}
        select
            *,
            {{ month_number(day) }} + 1 as event_month,
            {{ sign }} as sign,
            {{ chance(plain_stack()) }} as chance
        from termed
        where {{ day }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from stack_rows
