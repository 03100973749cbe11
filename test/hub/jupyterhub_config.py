"""The config of a hub on loopback, with what the chart would set for our own config to build on.

Pods of the stand run nothing: the hub connects to a small server of the test instead, at
`pod_connect_ip`.
"""

import json
import os
from pathlib import Path

c = get_config()  # noqa: F821

given = json.loads(os.environ["HUB_TEST"])

c.JupyterHub.bind_url = given["public_url"]
c.JupyterHub.hub_bind_url = given["hub_url"]
c.JupyterHub.hub_connect_url = given["hub_url"]
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = given["proxy_api_url"]
c.JupyterHub.cleanup_servers = False
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.JupyterHub.concurrent_spawn_limit = 64
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.any_allow_config = True
c.JupyterHub.services = [{"name": "test", "api_token": os.environ["HUB_TEST_TOKEN"]}]
c.JupyterHub.load_roles = [
    {
        "name": "test",
        "services": ["test"],
        "scopes": ["admin:users", "admin:servers", "tokens"],
    }
]

c.Spawner.poll_interval = 1
c.Spawner.consecutive_failure_limit = 5
c.Spawner.http_timeout = 20
c.Spawner.start_timeout = 120

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.namespace = given["namespace"]
c.KubeSpawner.common_labels = {
    "app.kubernetes.io/name": "jupyterhub",
    "app": "jupyterhub",
    "app.kubernetes.io/instance": given["release"],
    "release": given["release"],
    "app.kubernetes.io/managed-by": "kubespawner",
}
c.KubeSpawner.pod_connect_ip = "127.0.0.1"
c.KubeSpawner.port = given["notebook_port"]
c.KubeSpawner.image = "quay.io/jupyterhub/k8s-singleuser-sample:4.4.0"
c.KubeSpawner.environment = {"FROM_CHART": "yes"}
c.KubeSpawner.tolerations = [{"key": "hub.jupyter.org/dedicated", "operator": "Exists"}]

if given["storage"]:
    c.KubeSpawner.init_containers = [{"name": "block-cloud-metadata", "image": "example.org/tools"}]
    c.KubeSpawner.storage_pvc_ensure = True
    c.KubeSpawner.storage_class = "standard"
    c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
    c.KubeSpawner.storage_capacity = "1Gi"
    home = {"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}
    c.KubeSpawner.volumes = {"home": home}
    c.KubeSpawner.volume_mounts = {"home": {"name": "home", "mountPath": "/home/jovyan"}}

# As the chart does with /usr/local/etc/jupyterhub/jupyterhub_config.d.
if given["config_folder"]:
    for path in sorted(Path(given["config_folder"]).glob("*.py")):
        exec(compile(path.read_text(), path.name, "exec"))
