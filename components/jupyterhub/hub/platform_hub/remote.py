"""What a server outside the cluster needs to reach the hub and to be reached by it. Pure."""

from .settings import Remote, Ssh

FIRST_TUNNEL_PORT = 20000
TUNNEL_PORTS = 10000


def tunnel_port(server_id: int, ssh: Ssh) -> int:
    """Gives the port at which the hub's pod offers one server's tunnel.

    All tunnels end in the same pod, so each server needs a port of its own. The row of the
    server in the hub's database has a number that no other has and that a restart keeps. The
    range lies above what the hub's pod listens on and below what systems give to clients.
    """
    port = FIRST_TUNNEL_PORT + server_id % TUNNEL_PORTS
    return FIRST_TUNNEL_PORT + TUNNEL_PORTS if port == ssh.forwarder_port else port


def remote_environment(
    remote: Remote, ssh: Ssh | None, port: int, escaped_user: str
) -> dict[str, str]:
    """Makes the variables that a server outside the cluster is told the hub by."""
    api_url = remote.api_url.rstrip("/")
    environment = {
        "JHUB_HOST": remote.host,
        "JHUB_PORT": remote.port,
        "JHUB_URL": remote.url,
        "JUPYTERHUB_HOST": remote.url.rstrip("/"),
        "JUPYTERHUB_API_URL": api_url,
        "JUPYTERHUB_ACTIVITY_URL": f"{api_url}/users/{escaped_user}/activity",
    }
    if ssh is not None:
        environment |= {
            "SSH_PORT": remote.ssh_port,
            "SSH_NAMESPACE": remote.ssh_namespace,
            "FWD_PORT": str(port),
        }
    return environment


def hub_selector(common_labels: dict[str, str]) -> dict[str, str]:
    """Selects the pod of this release's hub by the labels that the chart gives to all objects."""
    names = ("app.kubernetes.io/name", "app.kubernetes.io/instance")
    return {
        **{name: common_labels[name] for name in names},
        "app.kubernetes.io/component": "hub",
    }
