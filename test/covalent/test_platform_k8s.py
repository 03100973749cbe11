"""The executor `platform_k8s` by itself: no cluster, no Docker."""

import platform
import unittest
from unittest import mock

from kubernetes import client
from science_platform_covalent import platform_k8s
from science_platform_covalent.platform_k8s import PlatformKubernetesExecutor

PYTHON = ".".join(platform.python_version_tuple()[:2])
A100 = {
    "name": "a100",
    "resource": "nvidia.com/gpu",
    "most": 4,
    "node_label": "science-platform/gpu-class.a100",
    "tolerations": ["lab/gpu=a100:NoSchedule", "virtual-node.interlink/no-schedule"],
}


def executor(**options):
    return PlatformKubernetesExecutor(**{"gpu_classes": [A100], **options})


def job_of(made, image="registry/tasks:1"):
    return client.ApiClient().sanitize_for_serialization(made._job("job-1", image))


class Settings(unittest.TestCase):
    def test_those_of_the_config_hold_where_none_are_given(self):
        made = executor()
        self.assertEqual(made.namespace, "covalent")
        self.assertEqual(made.service_account, "covalent-task")
        self.assertEqual(made.ttl_seconds, 3600)
        self.assertEqual(made.vcpu, "500m")
        self.assertEqual(executor(namespace="lab", memory="4G").namespace, "lab")

    def test_a_class_is_one_that_the_cluster_offers(self):
        self.assertEqual(executor(gpu_class="a100").gpu_count, 1)
        with self.assertRaisesRegex(ValueError, "GPU class h100: the cluster offers a100"):
            executor(gpu_class="h100")
        with self.assertRaisesRegex(ValueError, "a node has 4 of a100 at most"):
            executor(gpu_class="a100", gpu_count=5)
        with self.assertRaisesRegex(ValueError, "no gpu_class is named"):
            executor(gpu_count=1)

    def test_a_job_stays_until_it_is_looked_at(self):
        with self.assertRaisesRegex(ValueError, "gone before it is looked at"):
            executor(ttl_seconds=10, poll_freq=10)


class Jobs(unittest.TestCase):
    def test_run_as_nobody_and_are_removed(self):
        job = job_of(executor(data_store="s3://bucket"))
        self.assertEqual(job["spec"]["ttlSecondsAfterFinished"], 3600)
        self.assertEqual(job["spec"]["backoffLimit"], 0)
        pod = job["spec"]["template"]["spec"]
        self.assertEqual(pod["serviceAccountName"], "covalent-task")
        self.assertIs(pod["automountServiceAccountToken"], False)
        self.assertEqual(pod["volumes"], [])
        for key in ("nodeSelector", "tolerations"):
            self.assertNotIn(key, pod)
        container = pod["containers"][0]
        self.assertEqual(container["resources"], {"requests": {"cpu": "500m", "memory": "1G"}})
        self.assertIs(container["securityContext"]["allowPrivilegeEscalation"], False)

    def test_go_to_the_nodes_of_their_class(self):
        pod = job_of(executor(gpu_class="a100", gpu_count=2))["spec"]["template"]["spec"]
        self.assertEqual(pod["nodeSelector"], {"science-platform/gpu-class.a100": "true"})
        self.assertEqual(
            pod["tolerations"],
            [
                {"key": "lab/gpu", "operator": "Equal", "value": "a100", "effect": "NoSchedule"},
                {"key": "virtual-node.interlink/no-schedule", "operator": "Exists"},
            ],
        )
        resources = pod["containers"][0]["resources"]
        self.assertEqual(resources["limits"], {"nvidia.com/gpu": "2"})
        self.assertEqual(resources["requests"]["nvidia.com/gpu"], "2")

    def test_mount_the_claim_or_else_the_folder_of_the_node(self):
        def volume(**options):
            pod = job_of(executor(**options))["spec"]["template"]["spec"]
            self.assertEqual(
                pod["containers"][0]["volumeMounts"], [{"name": "data", "mountPath": "/data"}]
            )
            return pod["volumes"][0]

        self.assertEqual(
            volume(data_store="/nfs", claim="mine")["persistentVolumeClaim"], {"claimName": "mine"}
        )
        self.assertEqual(volume(data_store="/home/u/cache")["hostPath"], {"path": "/data"})

    def test_pull_unless_the_image_is_for_minikube(self):
        def policy(registry):
            pod = job_of(executor(registry=registry))["spec"]["template"]["spec"]
            return pod["containers"][0]["imagePullPolicy"]

        self.assertEqual(policy("localhost"), "Never")
        self.assertEqual(policy("ghcr.io"), "IfNotPresent")


class Images(unittest.TestCase):
    def lines(self, **options):
        text = executor(**options)._format_dockerfile("/c/script", "/data", f"python:{PYTHON}-slim")
        return [line for line in text.splitlines() if line]

    def test_can_read_what_this_dispatcher_writes(self):
        versions = {"cloudpickle": "9.1", "covalent": "9.2"}
        with mock.patch.object(platform_k8s, "version", versions.get):
            lines = self.lines(data_store="/data")
        ours = "RUN pip install --no-cache-dir 'cloudpickle==9.1' 'covalent==9.2'"
        self.assertEqual(lines[lines.index(ours) + 1], "WORKDIR /data")
        self.assertGreater(lines.index(ours), lines.index("RUN pip install covalent"))
        self.assertEqual(lines[0], f"FROM python:{PYTHON}-slim")
        self.assertTrue(lines[-1].startswith("CMD "))

    def test_know_pod_identity_where_there_is_a_bucket(self):
        self.assertTrue(any("'boto3>=1.34.41'" in it for it in self.lines(data_store="s3://b")))
        self.assertFalse(any("boto3>=" in it for it in self.lines(data_store="/data")))

    def test_have_the_dispatchers_python(self):
        made = executor()
        for image in ("python:2.7-slim", "docker.io/library/python:3.8", "python:3.8.1-bullseye"):
            with self.assertRaisesRegex(ValueError, "functions travel as pickles"):
                made._format_dockerfile("/c/script", "/data", image)
        for image in (f"python:{PYTHON}", "python:3", "lab/notebook:3.8", "python@sha256:0"):
            made._format_dockerfile("/c/script", "/data", image)


if __name__ == "__main__":
    unittest.main()
