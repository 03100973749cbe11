"""The executor `platform_k8s`: Covalent's Kubernetes executor in a namespace of its own.

It is PyPI's plugin `covalent_kubernetes_plugin` in everything that has to do with images, functions and results.
The Job is its own: in a namespace, under a service account without rights, on nodes with a class of GPU, and
removed some time after its end. Settings that the plugin knows come from `[executors.k8s]`, the others from
`[executors.platform_k8s]`; both are rendered by the platform (`executor.toml`).
"""

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from covalent._shared_files.config import get_config
from covalent._shared_files.logger import app_log
from covalent_kubernetes_plugin.k8s import KubernetesExecutor
from kubernetes import client, config
from kubernetes.client.rest import ApiException

# Covalent reads both names of every executor's module.
EXECUTOR_PLUGIN_NAME = "PlatformKubernetesExecutor"
_EXECUTOR_PLUGIN_DEFAULTS = {
    "namespace": "covalent",
    "service_account": "covalent-task",
    "ttl_seconds": 3600,
    "claim": "",
    "gpu_class": "",
    "gpu_count": 0,
    "gpu_classes": [],
}

# Where the plugin's task images work. Fixed in its code.
DATA = "/data"

LABELS = {"app.kubernetes.io/name": "covalent-task", "app.kubernetes.io/managed-by": "covalent"}

# The first one that knows EKS Pod Identity; the plugin's image has 1.24.
BOTO3 = "1.34.41"

LOG_LINES = 20


def _settings() -> Dict:
    """The settings of Covalent's config, over the defaults.

    Covalent puts the defaults into its config itself, but not where a program imports this module before Covalent,
    which then finds it half loaded.
    """
    configured = get_config("executors").get("platform_k8s", {})
    return {**_EXECUTOR_PLUGIN_DEFAULTS, **configured}


def _toleration(text: str) -> client.V1Toleration:
    """A toleration of what `kubectl taint` writes as `key=value:effect`; value and effect may be missing."""
    taint, _, effect = text.partition(":")
    key, equals, value = taint.partition("=")
    return client.V1Toleration(
        key=key,
        operator="Equal" if equals else "Exists",
        value=value or None,
        effect=effect or None,
    )


class PlatformKubernetesExecutor(KubernetesExecutor):
    """Runs tasks as Jobs of the platform.

    Args:
        namespace: Namespace of the Jobs.
        service_account: Who they are in the cluster.
        ttl_seconds: Seconds that a finished Job stays.
        claim: Claim that is mounted as the data store; empty for a folder of the node, or for S3.
        gpu_class: Class of GPU by the platform's name; empty for none.
        gpu_count: Units of it; 1 where a class is named.
        gpu_classes: What the cluster offers, as the platform renders it.
        kwargs: Whatever `KubernetesExecutor` takes.

    Raises:
        ValueError: for a class that the cluster does not offer, or more units than any node has.
    """

    def __init__(
        self,
        namespace: str = "",
        service_account: str = "",
        ttl_seconds: int = 0,
        claim: str = "",
        gpu_class: str = "",
        gpu_count: int = 0,
        gpu_classes: Optional[List[Dict]] = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        settings = _settings()
        self.namespace = namespace or settings["namespace"]
        self.service_account = service_account or settings["service_account"]
        self.ttl_seconds = ttl_seconds or settings["ttl_seconds"]
        self.claim = claim or settings["claim"]
        self.gpu_class = gpu_class or settings["gpu_class"]
        self.gpu_count = gpu_count or settings["gpu_count"]
        self.gpu_classes = gpu_classes or settings["gpu_classes"]
        self._check()

    def _check(self) -> None:
        if self.ttl_seconds <= self.poll_freq:
            raise ValueError(
                f"ttl_seconds is {self.ttl_seconds}: a Job would be gone before it is looked at"
                f" again, every {self.poll_freq} s (poll_freq)."
            )
        gpu = self._gpu()
        if gpu is None:
            if self.gpu_count:
                raise ValueError(f"gpu_count is {self.gpu_count}, but no gpu_class is named.")
            return
        self.gpu_count = self.gpu_count or 1
        if not 1 <= self.gpu_count <= gpu["most"]:
            raise ValueError(
                f"gpu_count is {self.gpu_count}: a node has {gpu['most']} of {self.gpu_class} at most."
            )

    def _gpu(self) -> Optional[Dict]:
        """What the class that is asked for needs, or nothing where none is."""
        if not self.gpu_class:
            return None
        offered = {gpu["name"]: gpu for gpu in self.gpu_classes}
        if self.gpu_class not in offered:
            names = ", ".join(sorted(offered)) or "none"
            raise ValueError(f"GPU class {self.gpu_class}: the cluster offers {names}.")
        return offered[self.gpu_class]

    def run(self, function: Callable, args: List, kwargs: Dict, task_metadata: Dict) -> Any:
        """Runs one task as a Job, and returns its result.

        Raises:
            RuntimeError: when the Job failed, with its reason and the last lines of its log.
        """
        task = f"{task_metadata['dispatch_id']}-{task_metadata['node_id']}"
        job, result = f"job-{task}", f"result-{task}.pkl"
        Path(self.cache_dir).mkdir(parents=True, exist_ok=True)
        with config.new_client_from_config(self.k8s_config_file, self.k8s_context) as api:
            image = self._package_and_upload(
                function, args, kwargs, self.base_image, task, DATA, result
            )
            app_log.debug(f"Creating Job {job} in namespace {self.namespace}.")
            client.BatchV1Api(api).create_namespaced_job(self.namespace, self._job(job, image))
            self._poll_task(api, job, self.namespace)
            if self.get_status(api, job, self.namespace) == "FAILED":
                raise RuntimeError(self._why(api, job))
        return self._query_result(result, task)

    def _job(self, name: str, image: str) -> client.V1Job:
        gpu = self._gpu()
        volumes = self._volumes()
        units = {} if gpu is None else {gpu["resource"]: str(self.gpu_count)}
        container = client.V1Container(
            name="task",
            image=image,
            # An image for minikube is in its node already, and in no registry.
            image_pull_policy="Never" if "localhost" in self.registry else "IfNotPresent",
            resources=client.V1ResourceRequirements(
                requests={"cpu": self.vcpu, "memory": self.memory, **units},
                limits=units or None,
            ),
            security_context=client.V1SecurityContext(
                allow_privilege_escalation=False,
                capabilities=client.V1Capabilities(drop=["ALL"]),
                seccomp_profile=client.V1SeccompProfile(type="RuntimeDefault"),
            ),
            volume_mounts=[
                client.V1VolumeMount(name=volume.name, mount_path=DATA) for volume in volumes
            ],
        )
        pod = client.V1PodSpec(
            containers=[container],
            volumes=volumes,
            restart_policy="Never",
            service_account_name=self.service_account,
            automount_service_account_token=False,
            node_selector=None if gpu is None else {gpu["node_label"]: "true"},
            tolerations=None if gpu is None else [_toleration(it) for it in gpu["tolerations"]],
        )
        return client.V1Job(
            api_version="batch/v1",
            kind="Job",
            metadata=client.V1ObjectMeta(name=name, labels=LABELS),
            spec=client.V1JobSpec(
                backoff_limit=0,
                ttl_seconds_after_finished=self.ttl_seconds,
                template=client.V1PodTemplateSpec(
                    metadata=client.V1ObjectMeta(labels=LABELS), spec=pod
                ),
            ),
        )

    def _volumes(self) -> List[client.V1Volume]:
        if self.claim:
            source = client.V1PersistentVolumeClaimVolumeSource(claim_name=self.claim)
            return [client.V1Volume(name="data", persistent_volume_claim=source)]
        if self.data_store.startswith("/"):
            source = client.V1HostPathVolumeSource(path=DATA)
            return [client.V1Volume(name="data", host_path=source)]
        return []

    def _why(self, api: client.ApiClient, job: str) -> str:
        """Why a Job failed, as far as the cluster tells."""
        status = client.BatchV1Api(api).read_namespaced_job_status(job, self.namespace).status
        reasons = [
            f"{it.reason}: {it.message}" for it in status.conditions or [] if it.type == "Failed"
        ]
        core = client.CoreV1Api(api)
        pods = core.list_namespaced_pod(self.namespace, label_selector=f"job-name={job}").items
        for pod in pods:
            try:
                reasons.append(
                    core.read_namespaced_pod_log(
                        pod.metadata.name, self.namespace, tail_lines=LOG_LINES
                    )
                )
            except ApiException as error:
                reasons.append(f"the log of {pod.metadata.name} cannot be read: {error.reason}")
        return "\n".join([f"Job {job} in namespace {self.namespace} failed.", *reasons])

    def _format_dockerfile(
        self, exec_script_filename: str, docker_working_dir: str, base_image: str
    ) -> str:
        """The plugin's Dockerfile, and in it versions that can read what this dispatcher writes.

        Raises:
            ValueError: when the image's Python is said to be another one: pickled functions do not travel.
        """
        self._check_python(base_image)
        dockerfile = super()._format_dockerfile(
            exec_script_filename, docker_working_dir, base_image
        )
        needed = [f"cloudpickle=={version('cloudpickle')}", f"covalent=={version('covalent')}"]
        if self.data_store.startswith("s3://"):
            needed.append(f"boto3>={BOTO3}")
        install = " ".join(f"'{it}'" for it in needed)
        head, work_dir, tail = dockerfile.partition("WORKDIR ")
        return f"{head}RUN pip install --no-cache-dir {install}\n\n{work_dir}{tail}"

    @staticmethod
    def _check_python(image: str) -> None:
        """The official images say their Python in their tag: `python:3.11-slim`."""
        name, _, tag = image.rpartition(":")
        here = ".".join(platform.python_version_tuple()[:2])
        said = ".".join(tag.split("-")[0].split(".")[:2])
        is_python = name.split("/")[-1] == "python" and said.replace(".", "").isdigit()
        if is_python and "." in said and said != here:
            raise ValueError(
                f"base_image is {image}, but this is Python {here}: functions travel as pickles,"
                f" so the image must have Python {here}, too."
            )
