"""The JSON that the deployment hands to the hub, as typed records.

The JSON is rendered by science-platform from the stack's config, so a key that is not known here
means that the two are of different versions: it is refused, with every other problem, before the
hub starts.
"""

import json
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from .checks import problems_of

Json = dict[str, Any]
Record = TypeVar("Record")


class SettingsError(Exception):
    """The settings cannot be used; the message lists every problem."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One choice of the form; see KubeSpawner's options of the same names."""

    slug: str
    display_name: str
    description: str = ""
    default: bool = False
    groups: list[str] | None = None
    """Groups whose members may use it; none given means everyone."""
    image: str | None = None
    cpu_limit: float | None = None
    cpu_guarantee: float | None = None
    mem_limit: str | None = None
    mem_guarantee: str | None = None
    extra_resource_limits: dict[str, str] = field(default_factory=dict)
    extra_resource_guarantees: dict[str, str] = field(default_factory=dict)
    node_selector: dict[str, str] = field(default_factory=dict)
    node_affinity_required: list[Json] = field(default_factory=list)
    tolerations: list[Json] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    storage: bool = True
    """False: no volume, no mount and no claim, because a virtual node can mount none."""
    max_lifetime_seconds: float | None = None
    remote: bool = False
    """The server runs on a virtual node, outside the cluster's network."""


@dataclass(frozen=True, kw_only=True)
class Remote:
    """How a server outside the cluster reaches the hub."""

    api_url: str
    host: str
    port: str
    url: str
    ssh_port: str
    ssh_namespace: str


@dataclass(frozen=True, kw_only=True)
class Ssh:
    """The tunnel through which the hub reaches a server outside the cluster."""

    user_service: bool = True
    service_prefix: str = "ssh-"
    forwarder_port: int = 8022


@dataclass(frozen=True, kw_only=True)
class Oidc:
    """The identity provider and who may log in; an endpoint not given is discovered."""

    issuer: str
    client_id: str
    callback_url: str
    scopes: list[str] = field(default_factory=lambda: ["openid"])
    username_claim: str = "preferred_username"
    groups_claim: str = "groups"
    allowed_groups: list[str] = field(default_factory=list)
    admin_groups: list[str] = field(default_factory=list)
    any_user: bool = False
    authorize_url: str | None = None
    token_url: str | None = None
    userdata_url: str | None = None
    auth_state: bool = False


@dataclass(frozen=True, kw_only=True)
class SharedFolder:
    """A claim that every server with storage mounts."""

    claim: str
    mount_path: str
    read_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Idle:
    """Idle culling, which the chart's own culler does: not read here."""

    timeout_seconds: float


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole JSON."""

    profiles: list[Profile] = field(default_factory=list)
    remote: Remote | None = None
    ssh: Ssh | None = None
    oidc: Oidc | None = None
    shared_folders: list[SharedFolder] = field(default_factory=list)
    idle: Idle | None = None


def _fits(value: Any, hint: Any) -> bool:
    """Tells whether a value of JSON is of a field's type."""
    origin = get_origin(hint)
    if origin is UnionType:
        return any(_fits(value, each) for each in get_args(hint))
    if origin is list:
        return isinstance(value, list) and all(_fits(each, get_args(hint)[0]) for each in value)
    if origin is dict:
        return isinstance(value, dict) and all(
            _fits(each, get_args(hint)[1]) for each in value.values()
        )
    if hint is Any:
        return True
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _name(hint: Any) -> str:
    names = [
        each.__name__ if isinstance(each, type) and get_origin(each) is None else str(each)
        for each in (get_args(hint) if get_origin(hint) is UnionType else (hint,))
        if each is not NoneType
    ]
    return " or ".join(names).replace("typing.", "")


def _record(kind: type[Record], raw: Any, where: str, problems: list[str]) -> Record | None:
    """Makes a record of a JSON object; null is the same as absent."""
    if not isinstance(raw, dict):
        problems.append(f"{where}: is {raw!r}, not an object")
        return None
    given = {key: value for key, value in raw.items() if value is not None}
    hints = get_type_hints(kind)
    before = len(problems)
    for each in fields(kind):  # type: ignore[arg-type]
        required = each.default is MISSING and each.default_factory is MISSING
        if each.name not in given and required:
            problems.append(f"{where}.{each.name}: is missing")
        elif each.name in given and not _fits(given[each.name], hints[each.name]):
            expected = _name(hints[each.name])
            problems.append(f"{where}.{each.name}: is {given[each.name]!r}, not {expected}")
    problems.extend(
        f"{where}.{key}: is not known; known are {', '.join(sorted(hints))}"
        for key in sorted(given.keys() - hints.keys())
    )
    return kind(**given) if len(problems) == before else None


def _records(kind: type[Record], raw: Any, where: str, problems: list[str]) -> list[Record]:
    if not isinstance(raw, list):
        problems.append(f"{where}: is {raw!r}, not a list")
        return []
    made = (_record(kind, each, f"{where}[{at}]", problems) for at, each in enumerate(raw))
    return [each for each in made if each is not None]


def parse_settings(raw: Any) -> Settings:
    """Makes the settings of parsed JSON.

    Raises:
        SettingsError: with every problem.
    """
    if not isinstance(raw, dict):
        raise SettingsError("the settings are not a JSON object")
    problems: list[str] = []
    given: Json = {key: value for key, value in raw.items() if value is not None}
    lists = {"profiles": Profile, "shared_folders": SharedFolder}
    single = {"remote": Remote, "ssh": Ssh, "oidc": Oidc, "idle": Idle}
    for key, value in given.items():
        if key in lists:
            given[key] = _records(lists[key], value, key, problems)
        elif key in single:
            given[key] = _record(single[key], value, key, problems)
    settings = _record(Settings, given, "hub", problems) if not problems else None
    if settings is not None:
        problems.extend(problems_of(settings))
    if settings is None or problems:
        raise SettingsError("\n".join(problems))
    return settings


def read_settings(path: Path) -> Settings:
    """Reads the settings' file.

    Raises:
        SettingsError: when the file cannot be read, is not JSON or has problems.
    """
    try:
        return parse_settings(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    except SettingsError as error:
        raise SettingsError(f"{path} cannot be used:\n{error}") from error
