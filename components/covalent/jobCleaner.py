"""Removes the finished Jobs of Covalent's plugin, which gives them no time to live.

Runs in the cluster with the standard library alone. Only Jobs with the plugin's names are looked at:
`job-<dispatch>-<task>`, where a dispatch is a UUID. Others in the namespace are never touched.
"""

import datetime
import json
import os
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

ACCOUNT = os.environ.get("SERVICE_ACCOUNT_FOLDER", "/var/run/secrets/kubernetes.io/serviceaccount")
NAME = re.compile(r"^job-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+$")
PAGE = 500
TIMEOUT_SECONDS = 30
NOT_FOUND = 404


def read(name):
    with open(os.path.join(ACCOUNT, name), encoding="utf-8") as file:
        return file.read().strip()


def call(method, path, body=None):
    """One request to the API server; its answer, parsed."""
    host = os.environ["KUBERNETES_SERVICE_HOST"]
    host = f"[{host}]" if ":" in host else host
    request = urllib.request.Request(
        f"https://{host}:{os.environ['KUBERNETES_SERVICE_PORT']}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {read('token')}", "Content-Type": "application/json"},
    )
    trusted = ssl.create_default_context(cafile=os.path.join(ACCOUNT, "ca.crt"))
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=trusted) as answer:
        return json.load(answer)


def ended(job):
    """When a Job came to its end, or nothing."""
    for condition in job.get("status", {}).get("conditions", []):
        if condition["type"] in ("Complete", "Failed") and condition["status"] == "True":
            text = condition["lastTransitionTime"].replace("Z", "+00:00")
            return datetime.datetime.fromisoformat(text)
    return None


def jobs(path):
    """Every Job of the namespace, page by page."""
    after = ""
    while True:
        query = urllib.parse.urlencode({"limit": PAGE, "continue": after})
        page = call("GET", f"{path}?{query}")
        yield from page["items"]
        after = page["metadata"].get("continue", "")
        if after == "":
            return


def remove(path, job):
    """Removes a Job with its pods. That somebody else has is no error."""
    options = {
        "propagationPolicy": "Background",
        "preconditions": {"uid": job["metadata"]["uid"]},
    }
    try:
        call("DELETE", f"{path}/{job['metadata']['name']}", options)
    except urllib.error.HTTPError as error:
        if error.code != NOT_FOUND:
            raise


def main():
    path = f"/apis/batch/v1/namespaces/{os.environ['JOBS_NAMESPACE']}/jobs"
    keep = datetime.timedelta(seconds=int(os.environ["KEEP_SECONDS"]))
    now = datetime.datetime.now(datetime.timezone.utc)
    removed = 0
    for job in jobs(path):
        end = ended(job)
        if NAME.match(job["metadata"]["name"]) and end is not None and now - end >= keep:
            remove(path, job)
            removed += 1
    print(f"{removed} removed")


if __name__ == "__main__":
    sys.exit(main())
