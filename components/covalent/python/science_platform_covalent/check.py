"""Runs the sample Job as the dispatcher: `python3 -m science_platform_covalent.check FOLDER`.

It needs what every task needs: the kubeconfig, the rights, the quota, a node and its way to the registry. The Job is
removed again. Covalent itself is not needed.
"""

import argparse
import os
import sys
import time

import yaml
from kubernetes import client, config
from kubernetes.client.rest import ApiException

KUBECONFIG = "kubeconfig"
SAMPLE_JOB = "covalent-k8s-test.yaml"
PAUSE_SECONDS = 1
CONFLICT = 409


class CheckFailed(Exception):
    """The sample Job did not succeed; the message says why, as far as the cluster tells."""


def _waiting(core: client.CoreV1Api, namespace: str, job: str) -> str:
    """What the Job's pods wait for."""
    reasons = []
    for pod in core.list_namespaced_pod(namespace, label_selector=f"job-name={job}").items:
        for condition in pod.status.conditions or []:
            if condition.type == "PodScheduled" and condition.status == "False":
                reasons.append(condition.message)
        for status in pod.status.container_statuses or []:
            if status.state.waiting is not None:
                reasons.append(f"{status.state.waiting.reason} {status.state.waiting.message or ''}")
        reasons.append(f"pod {pod.metadata.name} is {pod.status.phase}")
    return "; ".join(reasons) or "it has no pod: is the quota used up?"


def _end(batch: client.BatchV1Api, core: client.CoreV1Api, namespace: str, job: str, seconds: float):
    """Waits until the Job has ended, and returns the condition that says how."""
    end = time.monotonic() + seconds
    while True:
        status = batch.read_namespaced_job_status(job, namespace).status
        for condition in status.conditions or []:
            if condition.type in ("Complete", "Failed") and condition.status == "True":
                return condition
        if time.monotonic() > end:
            waiting = _waiting(core, namespace, job)
            raise CheckFailed(f"Job {job} has not ended within {seconds:.0f} s: {waiting}")
        time.sleep(PAUSE_SECONDS)


def check(folder: str, seconds: float) -> str:
    """Runs the sample Job of a dispatcher's folder, removes it, and says how it went.

    Raises:
        CheckFailed: when it did not succeed in time.
        ApiException: when the cluster refused something.
    """
    with open(os.path.join(folder, SAMPLE_JOB), encoding="utf-8") as file:
        body = yaml.safe_load(file)
    job, namespace = body["metadata"]["name"], body["metadata"]["namespace"]
    with config.new_client_from_config(os.path.join(folder, KUBECONFIG)) as api:
        batch, core = client.BatchV1Api(api), client.CoreV1Api(api)
        try:
            batch.create_namespaced_job(namespace, body)
        except ApiException as error:
            if error.status == CONFLICT:
                raise CheckFailed(f"Job {job} is there already: another check runs.") from error
            raise
        try:
            condition = _end(batch, core, namespace, job, seconds)
        finally:
            batch.delete_namespaced_job(job, namespace, propagation_policy="Background")
    if condition.type == "Failed":
        raise CheckFailed(f"Job {job} failed: {condition.reason}: {condition.message}")
    return f"Job {job} in namespace {namespace} succeeded."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="the dispatcher's folder, as the platform writes it")
    parser.add_argument("--timeout", type=float, default=180, help="seconds, 180 by default")
    given = parser.parse_args()
    try:
        print(check(given.folder, given.timeout))
    except CheckFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    except ApiException as error:
        print(f"The cluster refused: {error.status} {error.reason}: {error.body}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
