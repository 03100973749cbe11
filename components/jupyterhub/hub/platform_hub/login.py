"""Login with OpenID Connect, through oauthenticator's GenericOAuthenticator."""

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from .settings import Json, Oidc, SettingsError

SECRET_VARIABLE = "OIDC_CLIENT_SECRET"
_TRIES = 5
_TIMEOUT_SECONDS = 10


def fetch_json(url: str) -> Json:
    """Fetches a JSON object, and tries again when the provider does not answer.

    Raises:
        SettingsError: after the last try.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError(f"oidc.issuer: {url} is no web address")
    last: Exception | None = None
    for attempt in range(_TRIES):
        if attempt > 0:
            time.sleep(2 ** (attempt - 1))
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:
                found = json.load(answer)
        except (URLError, OSError, ValueError) as error:
            last = error
        else:
            if isinstance(found, dict):
                return found
            raise SettingsError(f"oidc.issuer: {url} does not answer with a JSON object")
    raise SettingsError(
        f"oidc.issuer: {url} does not answer: {last}. Name the endpoints in the config if the "
        "provider offers no discovery."
    ) from last


def endpoints(oidc: Oidc, fetch: Callable[[str], Json] = fetch_json) -> dict[str, str | None]:
    """Gives the three endpoints, those not in the settings from the provider's own document.

    Raises:
        SettingsError: when the document cannot be had, is another issuer's or lacks an endpoint.
    """
    given = {
        "authorize_url": oidc.authorize_url,
        "token_url": oidc.token_url,
        "userdata_url": oidc.userdata_url,
    }
    if None not in given.values():
        return given
    issuer = oidc.issuer.rstrip("/")
    document = fetch(f"{issuer}/.well-known/openid-configuration")
    if str(document.get("issuer", "")).rstrip("/") != issuer:
        raise SettingsError(
            f"oidc.issuer: is {oidc.issuer}, but the provider there calls itself "
            f"{document.get('issuer')!r}"
        )
    names = {
        "authorize_url": "authorization_endpoint",
        "token_url": "token_endpoint",
        "userdata_url": "userinfo_endpoint",
    }
    found = {key: value or document.get(names[key]) for key, value in given.items()}
    for key in ("authorize_url", "token_url"):
        if not found[key]:
            raise SettingsError(f"oidc.{key}: {issuer} names no {names[key]}; set it")
    return found


def groups_from(claim: str) -> Callable[[Json], list[str]]:
    """Makes the function that finds the groups in what the provider says of a user.

    The claim may be a key, or keys joined by dots that lead into it; a key itself may hold dots,
    as in a URL.
    """

    def find(auth_state: Json) -> list[str]:
        said: Any = auth_state.get("oauth_user") or {}
        if claim in said:
            found = said[claim]
        else:
            found = said
            for key in claim.split("."):
                found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str):
            return [found]  # one group, not its letters
        return [str(each) for each in found] if isinstance(found, list) else []

    return find


def configure_login(c: Any, oidc: Oidc, client_secret: str | None, fresh_groups: bool) -> None:
    """Sets JupyterHub's authenticator.

    Args:
        c: JupyterHub's config object.
        oidc: the provider.
        client_secret: of the hub at the provider.
        fresh_groups: whether the provider is asked for a user's groups before every spawn. The
            hub keeps the user's tokens for that, encrypted; else groups are those of the login,
            which a browser remembers for two weeks.

    Raises:
        SettingsError: without a client's secret, or when discovery fails.
    """
    if not client_secret:
        raise SettingsError(f"{SECRET_VARIABLE}: is not set; it holds the OIDC client's secret")
    found = endpoints(oidc)
    c.JupyterHub.authenticator_class = "oauthenticator.generic.GenericOAuthenticator"
    login = c.GenericOAuthenticator
    login.client_id = oidc.client_id
    login.client_secret = client_secret
    login.oauth_callback_url = oidc.callback_url
    login.authorize_url = found["authorize_url"]
    login.token_url = found["token_url"]
    if found["userdata_url"]:
        login.userdata_url = found["userdata_url"]
    else:
        login.userdata_from_id_token = True
    login.scope = oidc.scopes
    login.username_claim = oidc.username_claim
    login.manage_groups = True
    login.auth_state_groups_key = groups_from(oidc.groups_claim)
    login.allowed_groups = set(oidc.allowed_groups)
    login.admin_groups = set(oidc.admin_groups)
    login.allow_all = oidc.any_user
    # oauthenticator refreshes before a spawn whenever it keeps the tokens to do so.
    login.enable_auth_state = oidc.auth_state or fresh_groups
