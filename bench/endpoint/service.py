"""What one writes in an afternoon: FastAPI, and the official client of Kubernetes. The deployment comes as a record,
its objects are those of the template that the bench gives, and each is applied on the server."""

import json
import os

import yaml
from fastapi import FastAPI, HTTPException
from kubernetes import client, config

config.load_kube_config(os.environ["KUBECONFIG"])
configuration = client.Configuration.get_default_copy()
configuration.connection_pool_maxsize = 64
api = client.ApiClient(configuration)
apps = client.AppsV1Api(api)
core = client.CoreV1Api(api)

APPLY = {
    "PersistentVolumeClaim": core.patch_namespaced_persistent_volume_claim,
    "ConfigMap": core.patch_namespaced_config_map,
    "Service": core.patch_namespaced_service,
    "Deployment": apps.patch_namespaced_deployment,
}

with open(os.environ["OBJECTS"], encoding="utf-8") as file:
    TEMPLATES = json.load(file)

app = FastAPI()


@app.get("/readyz")
def ready():
    return {"status": "ok"}


@app.put("/kubernetes/deployments/{name}")
def put(name: str, record: dict):
    document = yaml.safe_load(record["data"])
    if not document.get("containers"):
        raise HTTPException(400, "containers is required")
    template = TEMPLATES.get(name)
    if template is None:
        raise HTTPException(404, "no such deployment")
    version = None
    for text in template:
        body = json.loads(text.replace(os.environ["TITLE"], record["title"]))
        metadata = body["metadata"]
        answer = APPLY[body["kind"]](
            metadata["name"],
            metadata["namespace"],
            body,
            field_manager="bench",
            field_validation="Strict",
            force=True,
            _content_type="application/apply-patch+yaml",
        )
        version = answer.metadata.resource_version
    return {"resourceVersion": version, "spec": document}
