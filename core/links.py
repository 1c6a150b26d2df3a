"""The one builder of addresses that people click on."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def today_page(web_url: str) -> str:
    """Returns the address of the needs-attention list."""
    return _dashboard(web_url)


def tutor_page(web_url: str, tutor_id: str) -> str:
    """Returns the address of one tutor's page."""
    return _dashboard(web_url, tutor=tutor_id)


def session_page(web_url: str, session_id: str) -> str:
    """Returns the address of one session's page."""
    return _dashboard(web_url, session=session_id)


def mail_choice(web_url: str, token: str, mode: str, digest: str) -> str:
    """Returns the address of the page where somebody's letters become fewer by one step."""
    return f"{web_url}/mail/{token}?{urlencode({'mode': mode, 'digest': digest})}"


def _dashboard(web_url: str, **query: str) -> str:
    # marimo drops the query string unless the path ends in a slash
    return f"{web_url}/dashboard/" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
