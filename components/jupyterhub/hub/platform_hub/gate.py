"""Refuses a profile before JupyterHub begins to spawn.

JupyterHub has no hook between a request to spawn and the spawn itself. A refusal from within the
spawn would come too late in two ways. With the chart's `slow_spawn_timeout` of 0 the API has
answered 202 by then; and it counts as a failed spawn, of which five in a row restart the hub, so
anybody could restart it with forged forms. So the one method is wrapped that every handler calls:
form, query and API. PlatformSpawner asks again when it starts.
"""

from functools import wraps
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User
from tornado import web

from .spawner import PlatformSpawner


async def _refresh_groups(handler: BaseHandler, user: User) -> None:
    """Asks the provider for the user's groups where JupyterHub would only do so after us.

    JupyterHub refreshes a user once in a request, so this takes the place of its own call.
    """
    if not handler.authenticator.refresh_pre_spawn:
        return
    if await handler.refresh_auth(user, force=True) is None:
        raise web.HTTPError(403, f"The login of {user.name} has expired: log in again.")


def install_gate() -> None:
    """Wraps `BaseHandler.spawn_single_user`; once, however often the config is read."""
    spawn = BaseHandler.spawn_single_user
    if hasattr(spawn, "__wrapped__"):
        return

    @wraps(spawn)
    async def spawn_if_open(
        handler: BaseHandler, user: User, server_name: str = "", options: Any = None
    ) -> None:
        spawner = user.spawners[server_name]
        if isinstance(spawner, PlatformSpawner):
            await _refresh_groups(handler, user)
            # Without options JupyterHub takes those of the last time.
            stored = spawner.orm_spawner.user_options
            spawner.require_open((stored or None) if options is None else options)
        await spawn(handler, user, server_name, options=options)

    BaseHandler.spawn_single_user = spawn_if_open
