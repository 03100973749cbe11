"""Unit tests of the hub's python: what needs no hub, no cluster and no network."""

import json
import os
import sys
import tempfile
import unittest
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar
from unittest import mock

from kubespawner import KubeSpawner
from platform_hub import gate, profiles, remote
from platform_hub.lifetime import is_over
from platform_hub.login import configure_login, endpoints, groups_from
from platform_hub.settings import Oidc, Profile, Remote, SettingsError, SharedFolder, Ssh
from platform_hub.spawner import PlatformSpawner
from traitlets.config import Config

CPU = Profile(slug="cpu", display_name="CPU", default=True)
GPU = Profile(slug="gpu", display_name="GPU", groups=["ml"])
NOBODY = Profile(slug="closed", display_name="Closed", groups=[])
SITE = Remote(
    api_url="https://hub.example.org/hub/api/",
    host="hub.example.org",
    port="443",
    url="https://hub.example.org/",
    ssh_port="31022",
    ssh_namespace="hub",
)
PROVIDER = Oidc(issuer="https://id.example.org/", client_id="hub", callback_url="https://h/cb")


def chart(**options):
    """Makes what the chart set on the spawner."""
    base = {"node_affinity_required": [], "tolerations": [], "volumes": {}, "volume_mounts": {}}
    return SimpleNamespace(**(base | options))


class ProfilesTest(unittest.TestCase):
    """Who may use which profile."""

    def test_the_default_comes_first(self):
        self.assertEqual(profiles.open_to([GPU, NOBODY, CPU], {"ml"}), [CPU, GPU])
        self.assertEqual(profiles.open_to([GPU, NOBODY, CPU], set()), [CPU])

    def test_choice(self):
        every = [GPU, NOBODY, CPU]
        self.assertEqual(profiles.choose(every, {"ml"}, {"profile": "gpu"}), GPU)
        for options in (None, {}, {"profile": ""}, {"other": "x"}):
            self.assertEqual(profiles.choose(every, set(), options), CPU)
        self.assertIsNone(profiles.choose([], set(), {}))

    def test_refusals_do_not_tell_what_exists(self):
        told = set()
        for wanted in ("gpu", "closed", "nowhere", ["cpu"], {"cpu": 1}):
            with self.assertRaises(profiles.RefusedError) as caught:
                profiles.choose([GPU, NOBODY, CPU], {"users"}, {"profile": wanted})
            told.add(str(caught.exception))
        self.assertEqual(len(told), 1)
        for options in ("cpu", ["cpu"], 7, [], 0):
            with self.assertRaises(profiles.RefusedError):
                profiles.choose([CPU], set(), options)
        for every, options in (([NOBODY], None), ([], {"profile": "cpu"})):
            with self.assertRaisesRegex(profiles.RefusedError, "No profile is open"):
                profiles.choose(every, {"ml"}, options)


class OverrideTest(unittest.TestCase):
    """What a profile sets on KubeSpawner."""

    def test_what_is_not_given_stays_the_charts(self):
        made = profiles.override(CPU, chart(), [])
        for key in ("image", "cpu_limit", "mem_limit", "init_containers", "storage_pvc_ensure"):
            self.assertNotIn(key, made)

    def test_lists_keep_the_charts_entries(self):
        base = chart(tolerations=[{"key": "chart"}], volumes=[{"name": "home"}])
        profile = Profile(slug="a", display_name="A", tolerations=[{"key": "gpu"}])
        made = profiles.override(profile, base, [SharedFolder(claim="team", mount_path="/team")])
        self.assertEqual(made["tolerations"], [{"key": "chart"}, {"key": "gpu"}])
        claim = {"claimName": "team", "readOnly": False}
        shared = {"name": "shared-folder-0", "persistentVolumeClaim": claim}
        self.assertEqual(made["volumes"], [{"name": "home"}, shared])
        self.assertEqual(base.volumes, [{"name": "home"}])

    def test_dictionaries_keep_the_charts_entries(self):
        base = chart(tolerations={"2": {"key": "b"}, "1": {"key": "a"}}, volumes={"home": {"n": 1}})
        profile = Profile(slug="a", display_name="A", tolerations=[{"key": "gpu"}])
        made = profiles.override(profile, base, [SharedFolder(claim="team", mount_path="/team")])
        self.assertEqual(made["tolerations"], [{"key": "a"}, {"key": "b"}, {"key": "gpu"}])
        self.assertEqual(list(made["volumes"]), ["home", "shared-folder-0"])

    def test_a_node_must_fit_the_chart_and_the_profile(self):
        def term(key):
            return {"matchExpressions": [{"key": key, "operator": "Exists"}]}

        self.assertEqual(profiles.all_of([], [term("a")]), [term("a")])
        self.assertEqual(profiles.all_of([term("a")], []), [term("a")])
        field = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}
        self.assertEqual(
            profiles.all_of([term("a")], [term("b"), field]),
            [
                {
                    "matchExpressions": [
                        *term("a")["matchExpressions"],
                        *term("b")["matchExpressions"],
                    ]
                },
                {**term("a"), **field},
            ],
        )

    def test_without_storage_nothing_is_mounted(self):
        profile = Profile(slug="a", display_name="A", storage=False)
        made = profiles.override(profile, chart(), [SharedFolder(claim="t", mount_path="/t")])
        self.assertEqual(made["volumes"], [])
        self.assertEqual(made["volume_mounts"], [])
        self.assertIs(made["storage_pvc_ensure"], False)

    def test_every_key_is_an_option_of_kubespawner(self):
        profile = Profile(
            slug="a",
            display_name="A",
            image="i",
            cpu_limit=1,
            cpu_guarantee=1,
            mem_limit="1G",
            mem_guarantee="1G",
            storage=False,
            remote=True,
        )
        known = KubeSpawner.class_traits(config=True)
        self.assertEqual(profiles.override(profile, chart(), []).keys() - known.keys(), set())

    def test_braces_survive_kubespawners_templates(self):
        texts = {"a": '{"user": "{username}"}', "b": "plain"}
        expanded = {
            key: text.format(username="ada") for key, text in profiles.verbatim(texts).items()
        }
        self.assertEqual(expanded, texts)


class RemoteTest(unittest.TestCase):
    """Servers outside the cluster."""

    def test_each_server_has_its_own_port_but_never_the_forwarders(self):
        ssh = Ssh(forwarder_port=20005)
        ports = [remote.tunnel_port(number, ssh) for number in range(10000)]
        self.assertEqual(len(set(ports)), 10000)
        self.assertNotIn(20005, ports)
        self.assertEqual(remote.tunnel_port(7, ssh), remote.tunnel_port(7, ssh))

    def test_without_a_tunnel_no_variable_names_one(self):
        made = remote.remote_environment(SITE, None, 8888, "ada%40lab")
        self.assertEqual(
            made,
            {
                "JHUB_HOST": "hub.example.org",
                "JHUB_PORT": "443",
                "JHUB_URL": "https://hub.example.org/",
                "JUPYTERHUB_HOST": "https://hub.example.org",
                "JUPYTERHUB_API_URL": "https://hub.example.org/hub/api",
                "JUPYTERHUB_ACTIVITY_URL": "https://hub.example.org/hub/api/users/ada%40lab/activity",
            },
        )

    def test_the_selector_is_of_this_release(self):
        name, instance = "app.kubernetes.io/name", "app.kubernetes.io/instance"
        labels = {name: "lab", instance: "two", "heritage": "x"}
        expected = {name: "lab", instance: "two", "app.kubernetes.io/component": "hub"}
        self.assertEqual(remote.hub_selector(labels), expected)


class LifetimeTest(unittest.TestCase):
    """Whether a server has run its time."""

    def test_boundaries(self):
        start = datetime(2026, 1, 1, 12)
        for seconds, over in ((59, False), (60, True), (61, True)):
            self.assertIs(is_over(start, start + timedelta(seconds=seconds), 60), over)
        self.assertFalse(is_over(None, start, 60))
        self.assertFalse(is_over(start, start + timedelta(days=400), None))


class LoginTest(unittest.TestCase):
    """OpenID Connect."""

    DOCUMENT: ClassVar = {
        "issuer": "https://id.example.org",
        "authorization_endpoint": "https://id.example.org/auth",
        "token_endpoint": "https://id.example.org/token",
    }

    def test_discovery_fills_what_is_not_given(self):
        asked = []

        def fetch(url):
            asked.append(url)
            return self.DOCUMENT

        given = Oidc(**{**vars(PROVIDER), "token_url": "https://own.example.org/t"})
        self.assertEqual(
            endpoints(given, fetch),
            {
                "authorize_url": "https://id.example.org/auth",
                "token_url": "https://own.example.org/t",
                "userdata_url": None,
            },
        )
        self.assertEqual(asked, ["https://id.example.org/.well-known/openid-configuration"])

    def test_discovery_is_left_out_where_all_is_given(self):
        urls = {"authorize_url": "https://a", "token_url": "https://t", "userdata_url": "https://u"}
        self.assertEqual(endpoints(Oidc(**{**vars(PROVIDER), **urls}), self.fail), urls)

    def test_another_issuers_document_is_refused(self):
        with self.assertRaisesRegex(SettingsError, "calls itself 'https://evil.example.org'"):
            endpoints(PROVIDER, lambda _: {**self.DOCUMENT, "issuer": "https://evil.example.org"})
        with self.assertRaisesRegex(SettingsError, r"oidc\.token_url"):
            endpoints(PROVIDER, lambda _: {**self.DOCUMENT, "token_endpoint": None})

    def test_groups(self):
        for claim, said, expected in (
            ("groups", {"groups": ["a", "b"]}, ["a", "b"]),
            ("groups", {"groups": "ml"}, ["ml"]),
            ("groups", {}, []),
            ("groups", {"groups": {"a": 1}}, []),
            ("realm.roles", {"realm": {"roles": ["r"]}}, ["r"]),
            ("realm.roles", {"realm": "x"}, []),
            ("https://id.org/groups", {"https://id.org/groups": ["u"]}, ["u"]),
        ):
            self.assertEqual(groups_from(claim)({"oauth_user": said}), expected, (claim, said))
        self.assertEqual(groups_from("groups")({"oauth_user": None}), [])

    def test_a_secret_is_needed(self):
        for secret in (None, ""):
            with self.assertRaisesRegex(SettingsError, "OIDC_CLIENT_SECRET: is not set"):
                configure_login(Config(), PROVIDER, secret, fresh_groups=False)

    def test_tokens_are_kept_for_fresh_groups_or_when_asked_for(self):
        urls = {"authorize_url": "https://a", "token_url": "https://t", "userdata_url": "https://u"}
        for asked, limited, kept in ((0, 0, False), (1, 0, True), (0, 1, True), (1, 1, True)):
            c = Config()
            provider = Oidc(**{**vars(PROVIDER), **urls, "auth_state": bool(asked)})
            configure_login(c, provider, "secret", fresh_groups=bool(limited))
            self.assertIs(c.GenericOAuthenticator.enable_auth_state, kept)
            self.assertIs(c.GenericOAuthenticator.manage_groups, True)
            self.assertEqual(c.GenericOAuthenticator.authorize_url, "https://a")


class ConfigureTest(unittest.TestCase):
    """The file that the chart runs."""

    def test_it_finds_its_package_beside_the_settings(self):
        package = Path(gate.__file__).parent
        program = package.parent / "science_platform.py"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "hub.json")
            path.write_text(json.dumps({"profiles": [{"slug": "a", "display_name": "A"}]}))
            before = list(sys.path)
            c = Config()
            with mock.patch.dict(os.environ, {"SCIENCE_PLATFORM_HUB": str(path)}):
                for _ in range(2):
                    exec(compile(program.read_text(), program.name, "exec"), {"c": c})
            self.assertEqual(sys.path[0], folder)
            sys.path[:] = before
        self.assertIs(c.JupyterHub.spawner_class, PlatformSpawner)
        self.assertIs(c.PlatformSpawner.profile_list, PlatformSpawner.profile_choices)
        self.assertNotIn("authenticator_class", c.JupyterHub)
        wrapped = gate.BaseHandler.spawn_single_user.__wrapped__
        self.assertFalse(hasattr(wrapped, "__wrapped__"), "the gate is installed twice")


if __name__ == "__main__":
    unittest.main()
