"""The tables of the ledger of reviews."""

from __future__ import annotations

SCHEMA = """
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma secure_delete = on;
    create table if not exists reviews (
        session_id text not null,
        version integer not null,
        rubric text not null,
        grader text not null,
        status text not null check (status in ('graded', 'pending', 'needs_person')),
        reason text,
        may_leave integer not null,
        reviewed_at text not null,
        attempts integer not null default 0,
        next_try_at text,
        review text not null,
        redacted text not null,
        primary key (session_id, version, rubric)
    ) strict;
    create index if not exists reviews_by_day on reviews (reviewed_at);
    create table if not exists calls (
        id integer primary key,
        session_id text not null,
        grader text not null,
        at text not null,
        outcome text not null default 'open',
        usd real not null,
        input_tokens integer not null default 0,
        cached_tokens integer not null default 0,
        output_tokens integer not null default 0
    ) strict;
    create index if not exists calls_by_day on calls (at);
    create index if not exists calls_by_session on calls (session_id);
    create table if not exists answers (
        key text primary key, answer text not null, answered_at text not null, hits integer not null
    ) strict;
    create table if not exists double_grades (
        session_id text not null,
        version integer not null,
        rubric text not null,
        grader text not null,
        why text not null check (why in ('sample', 'needs_person', 'dispute')),
        levels text not null,
        queued_at text not null,
        graded_by text,
        graded_at text,
        given text,
        primary key (session_id, version, rubric, grader)
    ) strict;
    create table if not exists batches (
        batch_id text primary key,
        file_id text not null,
        grader text not null,
        rubric text not null,
        sent_at text not null,
        state text not null
    ) strict;
    create table if not exists batch_requests (
        batch_id text not null,
        custom_id text not null,
        session_id text not null,
        version integer not null,
        tutor_name text not null,
        call_id integer not null,
        primary key (batch_id, custom_id)
    ) strict;
    create table if not exists themes (
        month text not null, kind text not null, value text not null, grader text not null,
        title text not null, code text not null, session_count integer not null,
        tutor_count integer not null,
        share real not null, base_share real not null,
        primary key (month, kind, value, title)
    ) strict;
"""
