"""Takes lost nodes of a federation out of service, and puts them back when they have returned.

Kubernetes gives up the pods and volumes of a node that is out of service, those of StatefulSets too, which otherwise
wait for the node. A node is lost when its kubelet has not been heard of for AFTER_SECONDS, by the API server's clock.
While more than half of NODES are not heard of nothing is done: then it is the network, or the control plane. What
somebody else took out of service stays so.

Runs in a pod, in any image with Python. With --once it looks once.
"""

import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from email.utils import parsedate_to_datetime

KEY = "node.kubernetes.io/out-of-service"
OURS = {"key": KEY, "value": "unreachable", "effect": "NoExecute"}
PAUSE_SECONDS = 10
REQUEST_SECONDS = 10
FOLDER = os.environ.get("SERVICE_ACCOUNT_FOLDER", "/var/run/secrets/kubernetes.io/serviceaccount")


def request(name, change=None):
    """A node as the API server has it, changed by a merge patch where one is given, and the server's time."""
    host = os.environ["KUBERNETES_SERVICE_HOST"]
    address = f"[{host}]" if ":" in host else host
    with open(os.path.join(FOLDER, "token"), encoding="utf-8") as file:
        headers = {"Authorization": f"Bearer {file.read().strip()}"}
    if change is not None:
        headers["Content-Type"] = "application/merge-patch+json"
    asked = urllib.request.Request(
        f"https://{address}:{os.environ['KUBERNETES_SERVICE_PORT']}/api/v1/nodes/{name}",
        method="GET" if change is None else "PATCH",
        headers=headers,
        data=None if change is None else json.dumps(change).encode(),
    )
    trust = ssl.create_default_context(cafile=os.path.join(FOLDER, "ca.crt"))
    with urllib.request.urlopen(asked, timeout=REQUEST_SECONDS, context=trust) as answer:
        return json.load(answer), parsedate_to_datetime(answer.headers["Date"])


def say(text):
    print(text, flush=True)


def ready(node):
    """The condition Ready; a node that never had one has not been heard of, and is not ours to judge."""
    conditions = node.get("status", {}).get("conditions", [])
    return next((one for one in conditions if one["type"] == "Ready"), {"status": "None"})


def taints(node):
    return node["spec"].get("taints", [])


def set_taints(node, wanted):
    """Writes all taints, since they are one list; refused when anything about the node has changed meanwhile."""
    version = node["metadata"]["resourceVersion"]
    change = {"metadata": {"resourceVersion": version}, "spec": {"taints": wanted}}
    request(node["metadata"]["name"], change)


def put_back(node):
    if ready(node)["status"] == "True" and OURS in [
        {key: one.get(key) for key in OURS} for one in taints(node)
    ]:
        set_taints(node, [one for one in taints(node) if one["key"] != KEY])
        say(f"{node['metadata']['name']}: is back, and in service again")


def take_out(node, now, after):
    since = datetime.fromisoformat(ready(node)["lastTransitionTime"].replace("Z", "+00:00"))
    seconds = int((now - since).total_seconds())
    if seconds >= after and all(one["key"] != KEY for one in taints(node)):
        set_taints(node, [*taints(node), OURS])
        say(f"{node['metadata']['name']}: not heard of for {seconds} s, out of service")


def look(names, after):
    """One look at all nodes; those that the cluster does not have any more do not count."""
    nodes, now = [], None
    for name in names:
        try:
            node, now = request(name)
            nodes.append(node)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
    lost = [node for node in nodes if ready(node)["status"] == "Unknown"]
    for node in nodes:
        put_back(node)
    if 2 * len(lost) > len(nodes):
        say(f"{len(lost)} of {len(nodes)} nodes are not heard of: not judged")
        return
    for node in lost:
        take_out(node, now, after)


def main():
    names = os.environ["NODES"].split(",")
    after = int(os.environ["AFTER_SECONDS"])
    while True:
        try:
            look(names, after)
        except OSError as error:
            # No answer, or a refusal; a conflict is one, too. The next look finds what is left to do.
            say(f"the API server: {error}")
        if sys.argv[1:] == ["--once"]:
            return
        time.sleep(PAUSE_SECONDS)


main()
