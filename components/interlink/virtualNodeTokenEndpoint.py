"""Starts interLink's token refresher with the token endpoint that the issuer names.

Runs in the refresher's image, with nothing but the standard library. IAM_SERVER is the issuer.
An argument is the program to start instead of the image's own.
"""

import json
import os
import sys
import urllib.request

REFRESHER = "/opt/refresh.py"
WAIT_SECONDS = 30


def token_endpoint(issuer):
    """The token endpoint in the issuer's discovery document."""
    address = issuer.rstrip("/") + "/.well-known/openid-configuration"
    with urllib.request.urlopen(address, timeout=WAIT_SECONDS) as answer:
        document = json.load(answer)
    named = document.get("issuer", "")
    if named.rstrip("/") != issuer.rstrip("/"):
        raise ValueError(f"{address} is the document of another issuer: {named!r}")
    endpoint = document.get("token_endpoint", "")
    scheme = issuer.split("://")[0]
    if not endpoint.startswith(f"{scheme}://"):
        raise ValueError(f"{address} names no {scheme} token endpoint: {endpoint!r}")
    return endpoint


def main():
    if not os.environ.get("IAM_TOKEN_ENDPOINT"):
        try:
            os.environ["IAM_TOKEN_ENDPOINT"] = token_endpoint(os.environ["IAM_SERVER"])
        except (KeyError, OSError, ValueError) as error:
            sys.exit(f"No token endpoint from the issuer: {error}")
    program = sys.argv[1] if len(sys.argv) > 1 else REFRESHER
    os.execv(sys.executable, [sys.executable, program])


main()
