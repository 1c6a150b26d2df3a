-- Evidence of tutors as it was known before a day: `requests` are (tutor_id, predicted_on), `located`
-- those of them that have a state, with its day.
{% macro evidence_before(requests, located) -%}
    select
        requests.tutor_id,
        requests.predicted_on,
        {% for name, (_, half_life) in evidence_sums().items() %}
            coalesce(
                states.{{ name }} * exp(
                    -ln(2) / {{ half_life }}
                    * ({{ days_between('located.known_on', 'requests.predicted_on') }} - 1)
                ), 0
            ) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ requests }} as requests
    left join {{ located }} as located
        on
            requests.tutor_id = located.tutor_id
            and requests.predicted_on = located.predicted_on
    left join ({{ states_of(located, ref('int_tutor_known_states')) }}) as states
        on
            located.tutor_id = states.tutor_id
            and located.known_on = states.evidence_date
{%- endmacro %}

{% macro states_of(located, states) -%}
    select known.*
    from {{ states }} as known
    {% if is_micro_batch() %}
        where known.state_id in {{ few(state_id('tutor_id', 'known_on'), located) }}
    {% endif %}
{%- endmacro %}
