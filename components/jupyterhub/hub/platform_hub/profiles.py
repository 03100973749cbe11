"""Which profiles are open to whom, and what a profile sets on KubeSpawner. Pure."""

from collections.abc import Collection, Iterable
from itertools import product
from typing import Any

from .settings import Json, Profile, SharedFolder


class RefusedError(Exception):
    """A choice that the user may not make; the message is for the user."""


def open_to(profiles: Iterable[Profile], groups: Collection[str]) -> list[Profile]:
    """Lists the profiles that a member of these groups may use, the default one first."""
    found = [
        profile
        for profile in profiles
        if profile.groups is None or not set(profile.groups).isdisjoint(groups)
    ]
    return sorted(found, key=lambda profile: not profile.default)


def choose(profiles: list[Profile], groups: Collection[str], options: Any) -> Profile | None:
    """Finds the profile that options of a form or of an API request name.

    Args:
        profiles: all that there are; without any, servers start as the chart says.
        groups: the user's.
        options: what arrived; without a profile it means the default one.

    Raises:
        RefusedError: unknown, or not open to the user. Both read alike: which profiles exist for
            others is nobody's business.
    """
    if not isinstance(options, dict | None):
        raise RefusedError('Options of a server are an object, such as {"profile": "…"}.')
    wanted = (options or {}).get("profile")
    if not profiles and not wanted:
        return None
    found = open_to(profiles, groups)
    if not found:
        raise RefusedError("No profile is open to your groups.")
    if not wanted:
        return found[0]
    for profile in found:
        if profile.slug == wanted:
            return profile
    names = ", ".join(profile.slug for profile in found)
    raise RefusedError(f"No such profile is open to your groups. Open to you: {names}.")


def verbatim(texts: dict[str, str]) -> dict[str, str]:
    """Doubles braces, so that KubeSpawner's templates give the texts back as they are."""
    return {key: text.replace("{", "{{").replace("}", "}}") for key, text in texts.items()}


def all_of(first: list[Json], second: list[Json]) -> list[Json]:
    """Combines two lists of node selector terms so that a node must fit one of each.

    The terms of one list are alternatives, so putting the lists together would let a node fit
    either of them.
    """
    if not first or not second:
        return first or second
    return [
        {key: one.get(key, []) + other.get(key, []) for key in one.keys() | other.keys()}
        for one, other in product(first, second)
    ]


def entries(base: Any) -> list[Json]:
    """Lists an option of KubeSpawner that is a list or a dictionary, in KubeSpawner's order."""
    return [base[key] for key in sorted(base)] if isinstance(base, dict) else list(base)


def with_entries(base: Any, added: Json) -> Any:
    """Adds to KubeSpawner's volumes or mounts, which are a list or a dictionary."""
    if isinstance(base, dict):
        return {**base, **added}
    return [*base, *added.values()]


def _shared(folders: list[SharedFolder]) -> tuple[Json, Json]:
    volumes: Json = {}
    mounts: Json = {}
    for at, folder in enumerate(folders):
        name = f"shared-folder-{at}"
        volumes[name] = {
            "name": name,
            "persistentVolumeClaim": {"claimName": folder.claim, "readOnly": folder.read_only},
        }
        mounts[name] = {
            "name": name,
            "mountPath": folder.mount_path,
            "readOnly": folder.read_only,
        }
    return volumes, mounts


def override(profile: Profile, base: Any, folders: list[SharedFolder]) -> Json:
    """Makes the `kubespawner_override` of a profile.

    KubeSpawner merges dictionaries into what the chart set and replaces everything else, so
    lists carry the chart's own entries with them.

    Args:
        profile: the profile.
        base: the spawner, or whatever has its options as attributes.
        folders: shared folders, for profiles with storage.
    """
    plain = {
        key: getattr(profile, key)
        for key in (
            "image",
            "cpu_limit",
            "cpu_guarantee",
            "mem_limit",
            "mem_guarantee",
        )
        if getattr(profile, key) is not None
    }
    made: Json = {
        **plain,
        "extra_resource_limits": profile.extra_resource_limits,
        "extra_resource_guarantees": profile.extra_resource_guarantees,
        "node_selector": profile.node_selector,
        "node_affinity_required": all_of(
            entries(base.node_affinity_required), profile.node_affinity_required
        ),
        "tolerations": [*entries(base.tolerations), *profile.tolerations],
        "extra_annotations": verbatim(profile.annotations),
        "extra_labels": verbatim(profile.labels),
    }
    if profile.storage:
        volumes, mounts = _shared(folders)
        made["volumes"] = with_entries(base.volumes, volumes)
        made["volume_mounts"] = with_entries(base.volume_mounts, mounts)
    else:
        # Lists, since an empty dictionary would be merged into the chart's volumes.
        made |= {"volumes": [], "volume_mounts": [], "storage_pvc_ensure": False}
    if profile.remote:
        # The chart's init container sets up iptables of a node, which this one is not.
        made["init_containers"] = []
    return made
