"""Unit tests of how the hub's python reads the platform's JSON."""

import tempfile
import unittest
from pathlib import Path

from platform_hub.settings import (
    Profile,
    Settings,
    SettingsError,
    parse_settings,
    read_settings,
)


class SettingsTest(unittest.TestCase):
    """Reading the JSON."""

    def refuse(self, raw, *expected):
        """Expects exactly these problems, in this order."""
        with self.assertRaises(SettingsError) as caught:
            parse_settings(raw)
        self.assertEqual(str(caught.exception).split("\n"), list(expected))

    def test_null_is_the_same_as_absent(self):
        self.assertEqual(
            parse_settings({"profiles": [{"slug": "a", "display_name": "A", "groups": None}]}),
            Settings(profiles=[Profile(slug="a", display_name="A")]),
        )
        self.assertEqual(parse_settings({"remote": None, "oidc": None}), Settings())

    def test_all_problems_of_types_come_at_once(self):
        self.refuse(
            {
                "profiles": [
                    {"slug": "a", "groups": "ml", "imagee": "x"},
                    7,
                    {"slug": "b", "display_name": "B", "cpu_limit": True, "tolerations": [1]},
                ],
                "ssh": {"forwarder_port": "8022"},
            },
            "profiles[0].display_name: is missing",
            "profiles[0].groups: is 'ml', not list[str]",
            "profiles[0].imagee: is not known; known are "
            + ", ".join(sorted(Profile.__dataclass_fields__)),
            "profiles[1]: is 7, not an object",
            "profiles[2].cpu_limit: is True, not float",
            "profiles[2].tolerations: is [1], not list[dict[str, Any]]",
            "ssh.forwarder_port: is '8022', not int",
        )

    def test_unknown_section(self):
        self.refuse(
            {"profile": []},
            "hub.profile: is not known; "
            "known are idle, oidc, profiles, remote, shared_folders, ssh",
        )

    def test_meaning(self):
        double = {"slug": "a", "display_name": "A", "default": True}
        far = {"slug": "far", "display_name": "Far", "remote": True}
        self.refuse(
            {
                "profiles": [
                    double,
                    {**double, "mem_limit": "16Gi", "max_lifetime_seconds": 0},
                    far,
                ],
                "ssh": {"service_prefix": "SSH_"},
            },
            "profiles: 2 have the slug 'a'; a slug names one profile",
            "profiles: a, a are all the default; one can be",
            "profiles[1].mem_limit: is '16Gi'; write digits with K, M, G or T, such as 16G",
            "profiles[1].max_lifetime_seconds: is 0; it must be more than 0",
            "profiles[2].storage: a remote profile cannot mount volumes; set it to false",
            "profiles[2].remote: needs the hub's public address in remote",
            "ssh.service_prefix: is 'SSH_'; it must begin a Service's name: a lower-case letter, "
            "then at most 14 lower-case letters, digits and hyphens",
        )

    def test_a_file_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "hub.json")
            for text in (None, "{", "[]"):
                if text is not None:
                    path.write_text(text)
                with self.assertRaisesRegex(SettingsError, str(path)):
                    read_settings(path)


if __name__ == "__main__":
    unittest.main()
