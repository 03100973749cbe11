"""Puts the platform's executors into Covalent's config: `python3 -m science_platform_covalent.configure FILE`.

Covalent keeps one file with all of its settings and writes it itself, so it is Covalent's own function that sets the
executors which FILE has. Everything else stays as it is. A dispatcher that runs reads it when it starts anew.
"""

import argparse
import sys

import toml
from covalent._shared_files.config import get_config, set_config

SECTION = "executors"


def configure(file: str) -> list:
    """Merges the file, and returns the names of the executors that it has."""
    wanted = toml.load(file)
    unknown = sorted(set(wanted) - {SECTION})
    if unknown or not wanted.get(SECTION):
        found = ", ".join(sorted(wanted)) or "nothing"
        raise ValueError(f"{file}: not the executors' part of a config: it has {found}.")
    for name, settings in wanted[SECTION].items():
        # Set, not merged: a GPU class that is offered no longer must not stay.
        set_config(f"{SECTION}.{name}", settings)
    return sorted(wanted[SECTION])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="executor.toml, as the platform writes it")
    names = configure(parser.parse_args().file)
    config_file = get_config("sdk.config_file")
    print(f"{config_file}: executors {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
