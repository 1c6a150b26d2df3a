-- One factor more than the level above, which counts for no more trials than it rests on itself.
{% macro churn_level(depth, keys, factor) %}
    {% set above = 'chance_' ~ (depth - 1) %}
    {% set chances = [] %}
    {% for number in range(depth) %}{% do chances.append('chance_' ~ number) %}{% endfor %}
    {% set columns = (keys + [factor] + chances) | join(', ') %}
    cells_{{ depth }} as (

        select
            {{ columns }},
            departure_count,
            evidence as evidence_above,
            sum(leaves.trials) as trials,
            sum(leaves.events) as events
        from leaves
        inner join level_{{ depth - 1 }} using ({{ keys | join(', ') }})
        group by {{ columns }}, departure_count, evidence

    ),

    strength_{{ depth }} as (

        select
            week_number,
            horizon_weeks,
            {{ beta_binomial_strength('trials', 'events', above) }} as strength
        from cells_{{ depth }}
        group by week_number, horizon_weeks

    ),

    level_{{ depth }} as (

        select
            {{ columns }},
            departure_count,
            trials,
            events,
            trials + least(strength, evidence_above) as evidence,
            (events + strength * {{ above }}) / (trials + strength) as chance_{{ depth }}
        from cells_{{ depth }}
        inner join strength_{{ depth }} using (week_number, horizon_weeks)

    )
{% endmacro %}
