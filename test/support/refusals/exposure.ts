/** Ports, Service and ingress: what is refused. */
import { at, ingress, INGRESS, over, refusal, without, type Json } from "./spoil";

export const EXPOSURE_REFUSALS = [
  refusal(
    "port-name",
    /ports[^:]*: not a name that a port/,
    [
      { SERVICE_NAME_1: [80] },
      { "a-name-that-is-too-long": [80] },
      { "80": [80] },
      { "a--b": [80] },
      { "": [80] },
    ],
    at("ports"),
  ),
  refusal(
    "port-range",
    /ports\.web\[0\]: out of range/,
    [{ web: [0] }, { web: [65_536] }, { web: ["-1"] }],
    at("ports"),
  ),
  refusal("port-twice", /ports\.b\[0\]: port used twice/, [{ a: [80], b: ["80"] }], at("ports")),
  refusal(
    "node-port-range",
    /ports\.web\[1\]: out of range/,
    [{ web: [80, 29_999] }, { web: [80, "32768"] }],
    (config, value) => ({
      ...config,
      service_type: "NodePort",
      ports: value,
    }),
  ),
  refusal(
    "node-port-twice",
    /ports\.b\[1\]: node port used twice/,
    [{ a: [80, 30_080], b: [81, "30080"] }],
    (config, value) => ({
      ...config,
      service_type: "NodePort",
      ports: value,
    }),
  ),
  refusal(
    "node-port-of-cluster-ip",
    /ports\.web\[1\]: a node port, but/,
    [{}, { service_type: "ClusterIP" }],
    (config, value) =>
      over({ ...without(config, "service_type"), ports: { web: [80, 30_080] } }, value),
  ),
  refusal(
    "service-type",
    /service_type: not a type/,
    ["Nodeport", "ExternalName"],
    at("service_type"),
  ),
  refusal(
    "service-type-alone",
    /service_type: of no use/,
    ["NodePort", "LoadBalancer"],
    (config, value) => ({
      ...without(config, "ports"),
      service_type: value,
    }),
  ),
  refusal(
    "host",
    /ingress\.host: not a host name/,
    [
      { host: "SUBDOMAIN.lab.example.org" },
      { host: "*.lab.example.org" },
      { host: "a" },
      { host: "1.2.3.4" },
      { host: "https://a.b" },
    ],
    ingress,
  ),
  refusal(
    "oauth-host",
    /ingress\.oauth_url: not a host name/,
    [{ oauth_url: "oauth.MY_NAMESPACE" }, { oauth_url: "https://a.b" }],
    ingress,
  ),
  refusal(
    "ingress-path",
    /ingress\.path: not a path/,
    [{ path: "/a;b" }, { path: "/a/../b" }, { path: "//a" }, { path: "/a b" }],
    ingress,
  ),
  refusal(
    "ingress-names",
    /ingress\.\w+: not the name of/,
    [{ nginx_issuer: "Lab_Issuer" }, { traefik_resolver: "a b" }, { traefik_middleware: "a/b" }],
    ingress,
  ),
  refusal(
    "ingress-port",
    /ingress\.port: a port that ports does not offer/,
    [{ port: 8889 }],
    ingress,
  ),
  refusal(
    "ingress-forms",
    /ingress\.nginx_issuer: an ingress has/,
    [{ nginx_issuer: "a", traefik_resolver: "b" }],
    ingress,
  ),
  refusal(
    "outside-domain",
    /ingress\.host: outside the domain/,
    [{ host: "a.example.org" }, { host: "alab.example.org" }],
    ingress,
  ),
  refusal(
    "unauthenticated",
    /ingress: an ingress without authentication/,
    [{ oauth_url: undefined }, { traefik_resolver: "le" }],
    (config, value) => {
      const web = { ...INGRESS, ...(value as Json) };
      return {
        ...config,
        ports: { web: [8888] },
        ingress: Object.fromEntries(Object.entries(web).filter(([, v]) => v !== undefined)),
      };
    },
  ),
] as const;
