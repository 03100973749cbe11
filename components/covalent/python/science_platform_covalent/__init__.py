"""Covalent on a science platform: the executor `platform_k8s`, its configuration and the check of both."""
