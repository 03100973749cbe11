"""What the settings must fulfil beyond the types of their fields."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .settings import Profile, Settings

# KubeSpawner's sizes: bytes, or a power of 1024 by one letter.
_SIZE = re.compile(r"[0-9]+(\.[0-9]+)?[KMGT]?")
# With the user's part of at most 48 characters, a Service's name has room for 15 more.
_PREFIX = re.compile(r"([a-z]([-a-z0-9]{0,14}))?")


def _profile_problems(profile: "Profile", where: str) -> Iterator[str]:
    for key in ("mem_limit", "mem_guarantee"):
        size: str | None = getattr(profile, key)
        if size is not None and _SIZE.fullmatch(size) is None:
            yield f"{where}.{key}: is {size!r}; write digits with K, M, G or T, such as 16G"
    lifetime = profile.max_lifetime_seconds
    if lifetime is not None and lifetime <= 0:
        yield f"{where}.max_lifetime_seconds: is {lifetime}; it must be more than 0"
    if profile.remote and profile.storage:
        yield f"{where}.storage: a remote profile cannot mount volumes; set it to false"


def problems_of(settings: "Settings") -> Iterator[str]:
    """Yields what is wrong with settings whose fields have the right types."""
    slugs = Counter(profile.slug for profile in settings.profiles)
    for slug, count in slugs.items():
        if count > 1:
            yield f"profiles: {count} have the slug {slug!r}; a slug names one profile"
    defaults = [profile.slug for profile in settings.profiles if profile.default]
    if len(defaults) > 1:
        yield f"profiles: {', '.join(defaults)} are all the default; one can be"
    for at, profile in enumerate(settings.profiles):
        yield from _profile_problems(profile, f"profiles[{at}]")
        if profile.remote and settings.remote is None:
            yield f"profiles[{at}].remote: needs the hub's public address in remote"
    if settings.ssh is not None and _PREFIX.fullmatch(settings.ssh.service_prefix) is None:
        yield (
            f"ssh.service_prefix: is {settings.ssh.service_prefix!r}; it must begin a Service's "
            "name: a lower-case letter, then at most 14 lower-case letters, digits and hyphens"
        )
