"""What analysts read: the marts of one published set as polars frames, `open_client()`.

Each frame names its set and as-of moment in its last two columns. A client stays with the set that
it was opened on, so that the frames of an analysis belong together. Columns are described in the
warehouse's documentation (`make docs`), by the mart that a function names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import NotFound
from core.marts import Marts, Published, read_pointer
from core.settings import load_settings

if TYPE_CHECKING:
    import polars as pl

LIMITS = """
    select kind, any_value(flag_ratio) as flag_ratio,
        any_value(flag_probability) as flag_probability,
        any_value(release_probability) as release_probability,
        any_value(minimum_expected) as minimum_expected,
        any_value(weight) as weight, any_value(as_of) as as_of
    from fct_what_if_evidence group by kind order by weight desc nulls last, kind
"""


@dataclass(frozen=True)
class Client:
    """One published set, by its number, and the moment that its windows and decay count from."""

    marts: Marts
    number: int
    as_of: datetime

    def sql(self, query: str, *parameters: Any) -> pl.DataFrame:
        """Returns the rows of a query in DuckDB's SQL over the marts; `$1` is the first parameter.

        Nothing can be written, and no file but the published ones can be read.
        """
        import polars as pl  # the web imports this module by way of data.py, and needs no frames

        frame: pl.DataFrame = self.marts.cursor().sql(query, params=list(parameters)).pl()
        named = [pl.lit(self.number).alias("published_set")]
        # what is built nightly has an as-of moment of its own
        if "as_of" not in frame.columns:
            named.append(pl.lit(self.as_of).alias("as_of"))
        return frame.with_columns(named)

    def freshness(self) -> pl.DataFrame:
        """Returns the one row of `rpt_freshness`: how fresh and how complete the set is."""
        return self.sql("from rpt_freshness")

    def sessions(
        self, since: date | None = None, until: date | None = None, tutor_id: str | None = None
    ) -> pl.DataFrame:
        """Returns `fct_sessions`: sessions of the business days `since` to `until`, newest first.

        There are no texts in it. A year of a large company is millions of rows: give dates.
        """
        return self.sql(
            """
            from fct_sessions
            where session_date between coalesce($1::date, session_date)
                    and coalesce($2::date, session_date)
                and ($3::varchar is null or tutor_id = $3)
            order by scheduled_start desc, session_id
            """,
            since,
            until,
            tutor_id,
        )

    def tutors(self) -> pl.DataFrame:
        """Returns `rpt_tutor_scorecards`, lowest score first: state, score, interval, receipt."""
        return self.sql("from rpt_tutor_scorecards order by score nulls last, tutor_id")

    def receipt(self, tutor_id: str) -> pl.DataFrame:
        """Returns the parts of a tutor's score of today, worst first; baseline plus `points`.

        Without a score there are no rows.
        """
        return self.sql(
            """
            select part.* from (
                select unnest(components) as part from rpt_tutor_scorecards where tutor_id = $1
            ) order by part.points
            """,
            tutor_id,
        )

    def scores(self, as_of: date | None = None, tutor_id: str | None = None) -> pl.DataFrame:
        """Returns `fct_tutor_scores`: each tutor and day, or of the one day `as_of`, oldest first.

        A day in the past is told with what is known now; `workbench build --as-known DAY` rebuilds
        what was known then.
        """
        return self.sql(
            """
            from fct_tutor_scores
            where ($1::date is null or score_date = $1) and ($2::varchar is null or tutor_id = $2)
            order by score_date, tutor_id
            """,
            as_of,
            tutor_id,
        )

    def flags(self, as_of: date | None = None, tutor_id: str | None = None) -> pl.DataFrame:
        """Returns `fct_flags`: all flags of the history, or those open on the day `as_of`."""
        return self.sql(
            """
            from fct_flags
            where ($1::date is null
                    or (opened_on <= $1 and (closed_on is null or closed_on > $1)))
                and ($2::varchar is null or tutor_id = $2)
            order by opened_on desc, flag_id
            """,
            as_of,
            tutor_id,
        )

    def needs_attention(self) -> pl.DataFrame:
        """Returns `rpt_needs_attention`, the dashboard's list in the dashboard's order."""
        return self.sql("from rpt_needs_attention order by position")

    def upcoming(self, tutor_id: str | None = None) -> pl.DataFrame:
        """Returns `fct_upcoming_risk`: scheduled sessions of the next days and kinds of risk."""
        return self.sql(
            """
            from fct_upcoming_risk where ($1::varchar is null or tutor_id = $1)
            order by scheduled_start, session_id, kind
            """,
            tutor_id,
        )

    def first_sessions(self) -> pl.DataFrame:
        """Returns `fct_first_sessions`: how first sessions of pairs went, newest first."""
        return self.sql("from fct_first_sessions order by scheduled_start desc, session_id")

    def first_session_patterns(self, kind: str, window_days: int) -> pl.DataFrame:
        """Returns `rpt_first_session_patterns` of a kind (subject, grade, hours, tutor)."""
        return self.sql(
            """
            from rpt_first_session_patterns where kind = $1 and window_days = $2
            order by poor_rate desc nulls last, group_value
            """,
            kind,
            window_days,
        )

    def interventions(self) -> pl.DataFrame:
        """Returns `fct_interventions`: the effect of each intervention after 28 and 56 days."""
        return self.sql("from fct_interventions order by acted_on desc, action_id, horizon_days")

    def platform_days(self) -> pl.DataFrame:
        """Returns `rpt_platform_days`: counts and rates by business day, oldest first."""
        return self.sql("from rpt_platform_days order by session_date")

    def completeness_days(self) -> pl.DataFrame:
        """Returns `rpt_completeness_days`: what sessions lack, by business day, oldest first."""
        return self.sql("from rpt_completeness_days order by session_date")

    def freshness_days(self) -> pl.DataFrame:
        """Returns `rpt_freshness_days`: how long it took to tell, by day of receipt."""
        return self.sql("from rpt_freshness_days order by received_date")

    def retention(self, who: str, cohort_by: str) -> pl.DataFrame:
        """Returns `retention_weeks`: of each cohort, how many came in the weeks after their first.

        Args:
            who: students or tutors.
            cohort_by: month, subject, grade_level or all.
        """
        return self.sql("from retention_weeks($1, $2) order by cohort, week_number", who, cohort_by)

    def limits(self) -> pl.DataFrame:
        """Returns limits and weights of the seed by kind of flag, as the what-ifs know them."""
        return self.sql(LIMITS)

    def what_if_flags(
        self, kind: str, ratio: float, probability: float, release: float, expected: float
    ) -> pl.DataFrame:
        """Returns `what_if_flags`: who enters, leaves and stays under other limits of a kind."""
        return self.sql(
            """
            select told.*, cards.display_name, flags.status, cards.score
            from what_if_flags($1, $2, $3, $4, $5) as told
            left join rpt_tutor_scorecards as cards using (tutor_id)
            left join (from fct_flags where is_open) as flags using (tutor_id, kind)
            order by movement, kind, told.what_if_probability desc, tutor_id
            """,
            *(kind, ratio, probability, release, expected),
        )

    def what_if_scores(self, **weights: float) -> pl.DataFrame:
        """Returns `what_if_scores`: scores under other weights of the four components."""
        names = ("reliability", "attendance", "quality", "first_sessions")
        return self.sql(
            """
            select told.*, cards.display_name from what_if_scores($1, $2, $3, $4) as told
            left join rpt_tutor_scorecards as cards using (tutor_id)
            order by what_if_score, tutor_id
            """,
            *(weights[name] for name in names),
        )


def open_client(number: int | None = None, *, marts_dir: Path | None = None) -> Client:
    """Returns a client of the newest published set, or of the one with this number.

    Args:
        number: of a set that is still kept; the last three are.
        marts_dir: another folder, as of `workbench build --as-known DAY`.

    Raises:
        MartsNotPublished: no set is published yet.
        NotFound: the set of this number is not kept any more.
    """
    folder = marts_dir or load_settings().marts_dir
    published = _find(folder, number)
    marts = Marts(folder, published)
    (fresh,) = marts.rows("select as_of from rpt_freshness")
    return Client(marts, published.number, fresh["as_of"].astimezone(UTC))


def _find(folder: Path, number: int | None) -> Published:
    newest = read_pointer(folder)
    if number in (None, newest.number):
        return newest
    file = f"marts-{number}.duckdb"
    if not (folder / file).exists():
        raise NotFound(f"Set {number} is not kept any more; the newest is {newest.number}.")
    return Published(int(number or 0), file, "", "", -1)
