"""Applies the settings to JupyterHub's config."""

import os
from pathlib import Path
from typing import Any

from .gate import install_gate
from .login import SECRET_VARIABLE, configure_login
from .settings import read_settings
from .spawner import PlatformSpawner


def configure(c: Any, path: Path) -> None:
    """Reads the settings' file and sets what it asks for.

    Args:
        c: JupyterHub's config object.
        path: of the JSON.

    Raises:
        SettingsError: when the settings cannot be used; the hub then does not start.
    """
    settings = read_settings(path)
    PlatformSpawner.platform = settings
    c.JupyterHub.spawner_class = PlatformSpawner
    if settings.profiles:
        c.PlatformSpawner.profile_list = PlatformSpawner.profile_choices
    install_gate()
    if settings.oidc is not None:
        limited = any(profile.groups is not None for profile in settings.profiles)
        configure_login(c, settings.oidc, os.environ.get(SECRET_VARIABLE), fresh_groups=limited)
        if settings.oidc.auth_state:
            c.PlatformSpawner.auth_state_hook = PlatformSpawner.remember_tokens
