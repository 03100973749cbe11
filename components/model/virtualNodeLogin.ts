/** Rules of how the kubelet reaches the remote host and logs in there. */
import { isDnsSubdomain, SUBDOMAIN_RULE } from "./names";
import { nearest, oneOf, type Problems } from "./problems";
import { GRANT_TYPES, VirtualNodeForm, type VirtualNodeSpec } from "./virtualNodeTypes";

/** Scheme and host; the kubelet appends the port itself. */
const ENDPOINT = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])$/i;
const HIGHEST_PORT = 65_535;

/** Adds the problems of where the remote host is said to answer. */
export function checkEndpoint(spec: VirtualNodeSpec, problems: Problems): void {
  const { url, port } = spec.interLink;
  if (!ENDPOINT.test(url)) {
    const guess = /^([a-z]+:\/\/)?([a-z0-9.-]+)/i.exec(url)?.[2];
    problems.add({
      path: "interLink.url",
      reason: "not a scheme and a host",
      value: url,
      allowed: "https://host or http://host: no port, path or trailing slash",
      remedy:
        guess === undefined ? "Correct it." : `Write it as https://${guess}; the port is \`port\`.`,
    });
  } else if (url.startsWith("http://") && spec.login !== undefined) {
    problems.add({
      path: "interLink.url",
      reason: "not https: the token would travel in the clear",
      value: url,
      remedy: `Write it as https${url.slice("http".length)}.`,
    });
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT)) {
    problems.add({
      path: "interLink.port",
      reason: "not a port",
      value: port,
      allowed: `1 to ${HIGHEST_PORT}`,
      remedy: "Correct it.",
    });
  }
}

/** Adds the problems of how the kubelet logs in there. */
export function checkLogin(
  { login, unauthenticated, form }: VirtualNodeSpec,
  problems: Problems,
): void {
  if (login === undefined || unauthenticated === true) {
    if ((login === undefined) !== (unauthenticated === true)) {
      problems.add({
        path: "login",
        reason:
          login === undefined
            ? "required, but missing: the remote host would have to let everyone in"
            : "contradicts unauthenticated",
        remedy: "Give the issuer and the client's credentials, or set unauthenticated.",
      });
    }
    return;
  }
  const { issuer, tokenEndpoint, grantType, existingSecret } = login;
  for (const [key, address] of Object.entries({ issuer, tokenEndpoint })) {
    if (address !== undefined && !/^https:\/\/[^/]/.test(address)) {
      problems.add({
        path: `login.${key}`,
        reason: "not an https address: the client's secret would travel in the clear",
        value: address,
        remedy: "Use the https address.",
      });
    }
  }
  const chart = form === VirtualNodeForm.Chart;
  if (tokenEndpoint === undefined && (chart || issuer === undefined)) {
    problems.add({
      path: "login.tokenEndpoint",
      reason: chart
        ? "required with form chart, whose container cannot ask the issuer for it"
        : "neither it nor the issuer is given",
      remedy: "Give the address at which the issuer hands out tokens.",
    });
  }
  if (grantType !== undefined && !(GRANT_TYPES as readonly string[]).includes(grantType)) {
    const near = nearest(grantType, GRANT_TYPES);
    problems.add({
      path: "login.grantType",
      reason: "not a grant type of the token refresher",
      value: grantType,
      allowed: oneOf(GRANT_TYPES),
      remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
    });
  }
  if (grantType === "client_credentials" && form === VirtualNodeForm.Seed) {
    problems.add({
      path: "login.grantType",
      reason: "the seed's refresher only exchanges refresh tokens",
      value: grantType,
      remedy: "Remove it, or use form objects.",
    });
  }
  if (existingSecret !== undefined && !isDnsSubdomain(existingSecret)) {
    problems.add({
      path: "login.existingSecret",
      reason: "not the name of a Secret",
      value: existingSecret,
      allowed: SUBDOMAIN_RULE,
    });
  }
}
