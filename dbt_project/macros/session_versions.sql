-- Two CTEs: the records as they came, and each version that ever held, with the days on which it
-- became known and another took its place.
{% macro session_versions() -%}
    ordered as (

        select
            *,
            coalesce(subject, 'not told') as subject_level,
            {{ business_date('known_at') }} as known_on,
            max(version) over (
                partition by session_id
                order by ingest_seq
                rows between unbounded preceding and 1 preceding
            ) as best_version
        from {{ ref('int_session_records') }}
        where ingest_seq <= {{ landed_seq() }}

    ),

    versions as (

        select
            *,
            lead(known_on) over (partition by session_id order by ingest_seq) as replaced_on
        from ordered
        where best_version is null or version > best_version

    )
{%- endmacro %}

-- A version counts from the later of its slot and of when it was known.
{% macro entered_on() -%}
    greatest(session_date, known_on)
{%- endmacro %}

{% macro left_on() -%}
    case when replaced_on is not null then greatest(session_date, replaced_on) end
{%- endmacro %}

-- Those of a tutor that a risk of long ago is told from.
{% macro version_evidence() -%}
    {% set sums = {} %}
    {% for name in ['slow', 'fast', 'attendance', 'slow_quality'] %}
        {% for part in ['_n', '_o', '_e'] %}
            {% do sums.update({name ~ part: evidence_sums()[name ~ part]}) %}
        {% endfor %}
    {% endfor %}
    {{ return(sums) }}
{%- endmacro %}

-- Each version on the day it begins to count (`sign` 1), and on the day it no longer does (-1).
{% macro changes_of(versions) -%}
    {% for day, sign in {'entered_on': 1, 'left_on': -1}.items() %}
        select
            *,
            {{ day }} as changed_on,
            {{ sign }} as sign
        from {{ versions }}
        where {{ day }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
