-- How the stack is fitted: one Newton step from the plain product, month by month.

-- Each pair of terms once; with `told`, also each term with what happened, and the count.
{% macro stack_pairs(told=false) -%}
    {% set pairs = [('count', 'told')] if told else [] %}
    {% set names = stack_names() %}
    {% for one in names %}
        {% for other in names[loop.index0:] %}
            {% do pairs.append((one, other)) %}
        {% endfor %}
        {% if told %}
            {% do pairs.append((one, 'told')) %}
        {% endif %}
    {% endfor %}
    {{ return(pairs) }}
{%- endmacro %}

-- The sums that a Newton step needs: the slope of the log likelihood and its curve.
{% macro stack_sums() -%}
    {% set sums = {'count_told': '1'} %}
    {% for name in stack_names() %}
        {% do sums.update({name ~ '_told': '(observed - chance) * term_' ~ name}) %}
    {% endfor %}
    {% for one, other in stack_pairs() %}
        {% do sums.update({one ~ '_' ~ other: 'chance * (1 - chance) * term_' ~ one ~ ' * term_' ~ other}) %}
    {% endfor %}
    {{ return(sums) }}
{%- endmacro %}

-- One pivot of Gauss-Jordan elimination.
{% macro stack_pivot(number, pivot) -%}
    pivot_{{ number }} {{ as_kept() }} (

        select
            entries.fit_month,
            entries.term,
            entries.other_term,
            case
                when entries.term = '{{ pivot }}' then entries.entry / pivots.entry
                else entries.entry - firsts.entry * tops.entry / pivots.entry
            end as entry
        from pivot_{{ number - 1 }} as entries
        inner join pivot_{{ number - 1 }} as pivots
            on
                entries.fit_month = pivots.fit_month
                and pivots.term = '{{ pivot }}'
                and pivots.other_term = '{{ pivot }}'
        inner join pivot_{{ number - 1 }} as firsts
            on
                entries.fit_month = firsts.fit_month
                and entries.term = firsts.term
                and firsts.other_term = '{{ pivot }}'
        inner join pivot_{{ number - 1 }} as tops
            on
                entries.fit_month = tops.fit_month
                and tops.term = '{{ pivot }}'
                and entries.other_term = tops.other_term

    )
{%- endmacro %}

{% macro plain_stack() -%}
    {%- set sum = [] -%}
    {%- for name, _, plain in stack_terms() if plain -%}
        {%- do sum.append('term_' ~ name) -%}
    {%- endfor -%}
    {{ sum | join(' + ') }}
{%- endmacro %}

{% macro stacked(fits, rows) -%}
    {%- for name in stack_names() -%}
        {{ fits }}.coefficient_{{ name }} * {{ rows }}.term_{{ name }}{{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro log_loss(told) -%}
    -(observed * ln({{ told }}) + (1 - observed) * ln(1 - {{ told }}))
{%- endmacro %}
