"""KubeSpawner with the profiles, the tunnel and the lifetimes of science-platform."""

from typing import Any, ClassVar

from jupyterhub.utils import utcnow
from kubespawner import KubeSpawner
from tornado import web

from .lifetime import is_over
from .profiles import RefusedError, choose, open_to, override
from .remote import hub_selector, remote_environment, tunnel_port
from .settings import Json, Profile, Settings

STATE_KEY = "science_platform"


class PlatformSpawner(KubeSpawner):
    """Starts a user's server as the chosen profile says."""

    platform: ClassVar[Settings] = Settings()
    """The deployment's settings, set once when the hub starts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes JupyterHub's arguments."""
        self._chosen: Profile | None = None
        self._tokens: dict[str, str] = {}
        # What a running server keeps whatever becomes of its profile: see get_state.
        self._lifetime: float | None = None
        self._service_name: str | None = None
        super().__init__(*args, **kwargs)

    # Profiles

    def _groups(self) -> set[str]:
        return {group.name for group in self.user.groups}

    def profile_choices(self) -> list[Json]:
        """Lists the profiles open to the user in KubeSpawner's form (`profile_list`)."""
        found = open_to(self.platform.profiles, self._groups())
        return [
            {
                "slug": profile.slug,
                "display_name": profile.display_name,
                "description": profile.description,
                "default": at == 0,
                "kubespawner_override": override(profile, self, self.platform.shared_folders),
            }
            for at, profile in enumerate(found)
        ]

    def require_open(self, options: Any) -> Profile | None:
        """Finds the profile that the options name.

        Raises:
            HTTPError: 403 when it is unknown or not open to the user.
        """
        try:
            return choose(self.platform.profiles, self._groups(), options)
        except RefusedError as refusal:
            raise web.HTTPError(403, str(refusal)) from refusal

    async def get_options_form(self) -> str:
        """Makes the form, or answers 403 to a user to whom no profile is open."""
        self.require_open(None)
        return await super().get_options_form()

    async def load_user_options(self) -> None:
        """Sets what the chosen profile says; called by KubeSpawner before it makes any object."""
        # The gate has asked before; this holds for whatever comes here without passing it.
        self._chosen = self.require_open(self.user_options or None)
        await super().load_user_options()
        if self._chosen is not None:
            self._lifetime = self._chosen.max_lifetime_seconds
        ssh = self.platform.ssh
        if self._is_remote and ssh is not None:
            self.port = tunnel_port(self.orm_spawner.id, ssh)
            if ssh.user_service:
                self._use_service(
                    self._expand_user_properties(ssh.service_prefix + "{user_server}")
                )

    @property
    def _is_remote(self) -> bool:
        return self._chosen is not None and self._chosen.remote

    # Environment

    def remember_tokens(self, auth_state: Json | None) -> None:
        """Keeps what the user's programs may know of the login (`auth_state_hook`).

        The client's secret and the refresh token stay in the hub: a pod's variables can be read
        by whoever may read pods, on a virtual node by the remote site too.
        """
        oidc = self.platform.oidc
        if auth_state is None or oidc is None:
            return
        self._tokens = {
            "ACCESS_TOKEN": auth_state.get("access_token") or "",
            "IAM_SERVER": oidc.issuer,
            "USERNAME": self.user.name,
            "GROUPS": " ".join(sorted(self._groups())),
        }

    def get_env(self) -> dict[str, str]:
        """Adds the login's, the hub's and the profile's variables, the later ones winning."""
        environment = super().get_env() | self._tokens
        remote = self.platform.remote
        if self._is_remote and remote is not None:
            environment |= remote_environment(
                remote, self.platform.ssh, self.port, self.user.escaped_name
            )
        return environment if self._chosen is None else environment | self._chosen.environment

    # Tunnel

    def _use_service(self, name: str) -> None:
        """Has KubeSpawner make a Service of this name, owned by the pod, and connect to it."""
        self._service_name = name
        self.services_enabled = True
        self.dns_name = self.dns_name_template.format(namespace=self.namespace, name=name)

    def get_service_manifest(self, owner_reference: Any) -> Any:
        """Points a tunnel's Service at this release's hub, where the tunnel ends."""
        service = super().get_service_manifest(owner_reference)
        if self._service_name is not None:
            service.metadata.name = self._service_name
            service.spec.selector = hub_selector(self.common_labels)
        return service

    # Lifetime

    async def poll(self) -> int | None:
        """Tells whether the server runs, and ends one that has reached its lifetime.

        The hub polls every server all the time, and each one when it starts, so no clock of our
        own has to survive a restart: the start is in the hub's database.
        """
        status = await super().poll()
        if status is not None or self._start_pending:
            return status
        if not is_over(self.orm_spawner.started, utcnow(with_tz=False), self._lifetime):
            return None
        self.log.info(
            "%s has run for %s s, its lifetime: ending it", self._log_name, self._lifetime
        )
        await self.stop()
        return 0

    # State over a restart of the hub

    def get_state(self) -> Json:
        """Adds what a running server was started with, since its profile may change meanwhile."""
        state = super().get_state()
        if self._lifetime is not None or self._service_name is not None:
            state[STATE_KEY] = {
                "lifetime": self._lifetime,
                "service_name": self._service_name,
                "port": self.port,
            }
        return state

    def load_state(self, state: Json) -> None:
        """Takes up a server that was running before the hub was restarted."""
        super().load_state(state)
        kept: Json = state.get(STATE_KEY, {})
        self._lifetime = kept.get("lifetime")
        if kept.get("service_name") is not None:
            self.port = kept["port"]
            self._use_service(kept["service_name"])

    def clear_state(self) -> None:
        """Forgets a server that has ended."""
        super().clear_state()
        self._lifetime = None
        self._service_name = None
