"""The pages of a login: the way in, the way out, and why somebody did not come in."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from api.caller import Caller
from api.html import frame

_HELP = Markup(
    '<p class="meta">No account, or forgot the password? Whoever runs the workbench can help.</p>'
)
_FORM = Markup(
    '<form class="card" method="post" action="/login">{alert}'
    '<input type="hidden" name="next" value="{next}">'
    '<label>Name<input name="username" value="{name}" autocomplete="username" '
    'autocapitalize="none" spellcheck="false" required{focus}></label>'
    '<label>Password<input name="password" type="password" '
    'autocomplete="current-password" required></label>'
    '<button class="btn{main}">Log in</button></form>'
)


def login_page(
    next_path: str,
    *,
    is_demo: bool,
    error: str = "",
    name: str = "",
    service: str | None = None,
    has_passwords: bool = True,
) -> str:
    """Returns the ways to log in; each leads on to `next_path`. `service` names the provider."""
    button = _service_button(service, next_path) if service else Markup()
    alert = Markup('<p class="alert" role="alert">{}</p>').format(error) if error else ""
    form = _FORM.format(
        alert=alert,
        next=next_path,
        name=name,
        focus=Markup("" if service else " autofocus"),
        main="" if service else " main",
    )
    body = Markup(
        '<main class="narrow"><h1>Log in</h1>'
        '<p class="meta">See who needs you today, and why.</p>{}{}{}</main>'
    ).format(button, form if has_passwords else "", _HELP)
    return frame("Log in", body, is_demo=is_demo)


def _service_button(service: str, next_path: str) -> Markup:
    # a link, since the policy of forms would have to name each site that a provider leads through
    return Markup('<p><a class="btn main" href="{}">Log in with {}</a></p>').format(
        f"/login/oidc?next={quote(next_path, safe='/')}", service
    )


def refused_page(title: str, detail: str) -> str:
    """Returns a page that says why nobody was logged in, and leads back to the login."""
    body = Markup(
        '<main class="narrow"><h1>{}</h1><p>{}</p>'
        '<p><a class="btn main" href="/login">Back to the login</a></p></main>'
    )
    return frame(title, body.format(title, detail))


def logout_page(caller: Caller | None, *, is_demo: bool) -> str:
    """Returns the page that asks before every login of the account is ended."""
    body = (
        '<main class="narrow"><h1>Log out</h1>'
        "<p>This ends your login on every device.</p>"
        '<form method="post" action="/logout"><button class="btn main">Log out</button></form>'
        "</main>"
    )
    return frame("Log out", body, caller=caller, is_demo=is_demo)


def logged_out_page(service: str, provider: str | None) -> str:
    """Returns a page that leads on to `provider`, where its own login ends, or says it goes on."""
    if provider is None:
        onward = Markup(
            "<p>Your login at {} goes on: log out there too if others use this browser.</p>"
            '<p><a class="btn" href="/login">Back to the login</a></p>'
        ).format(service)
        return frame("Logged out", _LOGGED_OUT.format(onward))
    onward = Markup(
        # not a redirect: the policy of forms holds for where a form's answer redirects to
        '<meta http-equiv="refresh" content="0;url={0}">'
        '<p>Now the login at {1}.</p><p><a class="btn main" href="{0}">Log out there too</a></p>'
    ).format(provider, service)
    return frame("Logged out", _LOGGED_OUT.format(onward))


_LOGGED_OUT = Markup(
    '<main class="narrow"><h1>You are logged out here</h1><p>On every device.</p>{}</main>'
)
