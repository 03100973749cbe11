import assert from "node:assert/strict";
import { parseWith, Problems } from "../../components/model/problems";
import { jupyterHubArgs } from "../../stacks/platform/jupyterhub";
import { jupyterhubSchema } from "../../stacks/sections/jupyterhub";
import { parseConfig } from "../../stacks/platformConfig";
import { GPUS, NODES } from "../support/jupyterHub";

const BASE = {
  layers: ["cluster"],
  clusters: { a: {}, b: { domain: "b.example.org" } },
  defaultCluster: "a",
  gpus: GPUS,
  nodes: { ...NODES, vk: { ...NODES.vk, cluster: "b" } },
  expose: { domain: "lab.example.org", issuer: "i" },
};

const OIDC = { issuer: "https://iam.example.org", clientId: "hub", anyUser: true };

function argsOf(section: unknown): { args: unknown; lines: readonly string[] } {
  const problems = new Problems("Pulumi.x.yaml");
  const config = parseConfig(BASE, "/", problems)!;
  const jupyterhub = parseWith(jupyterhubSchema, section, problems, "jupyterhub");
  const args =
    jupyterhub === undefined ? undefined : jupyterHubArgs({ ...config, jupyterhub }, problems);
  return { args, lines: problems.list() };
}

describe("the section jupyterhub", () => {
  it("becomes the component's args, with what the stack says of its cluster", () => {
    const { args, lines } = argsOf({
      hostname: "hub.lab.example.org",
      oidc: { ...OIDC, clientSecret: "canary" },
      profiles: [{ name: "CPU", cpuLimit: 2, memoryLimit: "4Gi" }],
    });
    assert.deepEqual(lines, []);
    const here = Object.fromEntries(Object.entries(NODES).filter(([node]) => node !== "vk"));
    assert.deepEqual(args, {
      hostname: "hub.lab.example.org",
      oidc: OIDC,
      clientSecret: "canary",
      remote: {},
      profiles: [{ name: "CPU", cpuLimit: "2", memoryLimit: "4Gi" }],
      gpus: GPUS,
      nodes: here,
      expose: { domain: "lab.example.org", issuer: "i" },
      charts: undefined,
    });
  });

  it("reads the seed's variables, and lets its own keys win", () => {
    const { args, lines } = argsOf({
      cluster: "b",
      hostname: "hub.b.example.org",
      changeValues: {
        HOSTNAME: "other.b.example.org",
        IAM_SERVER: "https://iam.example.org",
        CLIENT_ID: "hub",
        CLIENT_SECRET: "canary",
        JHUB_PORT: "8443",
        JHUB_HOST: "ssh.b.example.org",
      },
      oidc: { anyUser: true },
      remote: { port: 443 },
      profiles: [{ name: "Remote", gpu: { class: "t4" } }],
    });
    assert.deepEqual(lines, []);
    const { hostname, oidc, clientSecret, remote } = args as Record<string, unknown>;
    assert.deepEqual(
      { hostname, oidc, clientSecret, remote },
      {
        hostname: "hub.b.example.org",
        oidc: OIDC,
        clientSecret: "canary",
        remote: { host: "ssh.b.example.org", port: 443 },
      },
    );
  });

  it("has every problem said at its path", () => {
    const { lines } = argsOf({
      cluster: "c",
      changeValues: { HOSTNAME: "x", JHUB_PORT: "https" },
      oidc: { clientId: "hub", anyUser: true },
      baseUrl: "notebook",
    });
    assert.deepEqual(
      lines.map((line) => line.replace(/^Pulumi\.x\.yaml: (.*?): (not|names|a|required).*$/, "$1")),
      [
        "jupyterhub.cluster",
        "jupyterhub.changeValues.JHUB_PORT",
        "jupyterhub.hostname",
        "jupyterhub.hostname",
        "jupyterhub.baseUrl",
        "jupyterhub.oidc.clientSecret",
        "jupyterhub.oidc.issuer",
      ],
    );
  });

  it("refuses what it does not know", () => {
    const { lines } = argsOf({ hostname: "hub.lab.example.org", odic: {} });
    assert.match(lines[0]!, /jupyterhub\.odic: unknown key .*Did you mean oidc\?/);
  });
});
