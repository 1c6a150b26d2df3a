-- One end of the Wilson score interval (Wilson 1927) of a proportion; null without trials.
{% macro wilson_bound(events, trials, z) -%}
    (
        (cast({{ events }} as double) / nullif({{ trials }}, 0))
        + {{ z * z }} / (2 * {{ trials }})
        + ({{ z }}) * sqrt(
            (cast({{ events }} as double) / {{ trials }})
            * (1 - cast({{ events }} as double) / {{ trials }}) / {{ trials }}
            + {{ z * z }} / (4 * power({{ trials }}, 2))
        )
    ) / (1 + {{ z * z }} / {{ trials }})
{%- endmacro %}
