"""JupyterHub's config of science-platform.

The chart runs every file of jupyterhub_config.d in the namespace of its own config, where `c` is
JupyterHub's config object. What this one does lies in the package beside the settings' file.
"""

import os
import sys
from pathlib import Path

settings_path = Path(
    os.environ.get("SCIENCE_PLATFORM_HUB", "/usr/local/etc/science-platform/hub.json")
)
sys.path.insert(0, str(settings_path.parent))

from platform_hub.configure import configure  # noqa: E402

configure(c, settings_path)  # noqa: F821
