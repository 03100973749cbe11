/** The `platform` layer's sections are checked as one, before anything is registered. */
import assert from "node:assert/strict";
import { Problems } from "../../components/model/problems";
import { checkPlatform } from "../../stacks/platform";
import { platformNodePorts } from "../../stacks/platform/nodePorts";
import { parseConfig, type PlatformConfig } from "../../stacks/platformConfig";
import { CLUSTER, platformSections, ROOT, type Sections } from "../support/platformStack";

function parsed(change: (sections: Sections) => void): {
  config: PlatformConfig;
  problems: Problems;
} {
  const sections = structuredClone(platformSections());
  change(sections);
  const problems = new Problems("test.yaml");
  const config = parseConfig(sections, ROOT, problems);
  assert.ok(config !== undefined, problems.list().join("\n"));
  return { config, problems };
}

function pathsOf(change: (sections: Sections) => void): string[] {
  const { config, problems } = parsed(change);
  checkPlatform(config, problems);
  return problems.paths;
}

type Section = Record<string, Record<string, unknown>>;

describe("the platform's sections", () => {
  it("of the dev stack are sound", () => {
    assert.deepEqual(
      pathsOf(() => undefined),
      [],
    );
  });

  it("are told all their problems at once, each at its path", () => {
    const paths = pathsOf((sections) => {
      const { addons, interlink, jupyterhub } = sections;
      sections["endpoint"] = {
        hostname: "services.lab.example.org",
        image: "registry.example.org/endpoint",
        issuer: "http://iam.example.org",
        audience: "services",
      };
      (addons as Section)["certManager"] = {
        issuers: { both: { selfSigned: true, acme: { email: "a@b.c" } } },
      };
      (addons as Section)["ingressNginx"] = { nodePorts: { http: 30080 } };
      const { targets, virtualNodes } = interlink as Record<string, Section>;
      targets!["gpu-host"]!["proxy"] = { issuer: "http://iam.example.org", clientId: "x" };
      virtualNodes!["interlink-vk"]!["target"] = "gpu-hots";
      (jupyterhub as Record<string, unknown>)["profiles"] = [
        { name: "GPU", gpu: { class: "a1000" } },
        { name: "gpu" },
      ];
    });
    for (const path of [
      "addons.certManager.issuers.both",
      "addons.ingressNginx.nodePorts",
      "interlink.targets.gpu-host.proxy.issuer",
      "interlink.virtualNodes.interlink-vk.target",
      "jupyterhub.profiles[0].gpu",
      "jupyterhub.profiles[1].slug",
      "endpoint.image",
      "endpoint.issuer",
    ]) {
      assert.ok(
        paths.some((found) => found === path || found.startsWith(path)),
        `${path} in ${paths.join(", ")}`,
      );
    }
  });

  it("ask for their NodePorts by Service", () => {
    assert.deepEqual(platformNodePorts(parsed(() => undefined).config, CLUSTER), [
      {
        path: "addons.ingressNginx.nodePorts.http",
        nodePort: 30080,
        service: "ingress-nginx/ingress-nginx-controller",
      },
      {
        path: "addons.ingressNginx.nodePorts.https",
        nodePort: 30443,
        service: "ingress-nginx/ingress-nginx-controller",
      },
      { path: "jupyterhub.ssh.nodePort", nodePort: 31022, service: "jupyterhub/ssh-fwd" },
    ]);
  });

  it("may not ask for one NodePort twice", () => {
    const { config, problems } = parsed(({ jupyterhub }) => {
      (jupyterhub as Record<string, unknown>)["ssh"] = { nodePort: 30443 };
    });
    checkPlatform(config, problems);
    assert.deepEqual(problems.list(), [
      "test.yaml: jupyterhub.ssh.nodePort: addons.ingressNginx.nodePorts.https has this NodePort already " +
        "(found 30443). Choose another from 30000 to 32767.",
    ]);
  });

  it("do not tell their secrets", () => {
    const problems = new Problems("test.yaml");
    const sections = structuredClone(platformSections());
    const secret = ["hunter2"];
    const { targets } = sections["interlink"] as Record<string, Section>;
    targets!["gpu-host"]!["clientSecret"] = secret;
    (sections["jupyterhub"] as Section)["oidc"]!["clientSecret"] = secret;
    (sections["addons"] as Record<string, unknown>)["certManager"] = {
      issuers: { own: { ca: { certificate: "x", key: secret } } },
    };
    assert.equal(parseConfig(sections, ROOT, problems), undefined);
    assert.equal(problems.count, 3);
    assert.ok(!problems.list().join("\n").includes("hunter2"), problems.list().join("\n"));
  });
});
