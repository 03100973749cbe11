/** Our values with cert-manager's chart: the stand-in always, the real one where CHARTS_DIR has it. */
import assert from "node:assert/strict";
import * as path from "node:path";
import { load } from "js-yaml";
import { chartSource } from "../../components/charts/chart";
import { certManagerValues } from "../../components/model/certManagerValues";
import type { CertManagerSettings } from "../../components/model/certManagerValues";
import { WEBHOOK_NAME, WEBHOOK_OBJECT } from "../../components/model/webhookFaults";
import {
  asksForAuthority,
  CONFIGURATION_LABELS,
  servicesOf,
} from "../../local/webhook/configurations";
import { helmOrSkip, helmTemplate, type Rendered } from "../support/helmTemplate";
import { skip } from "../support/reporter";

const STAND_IN = path.resolve(__dirname, "../../local/charts");
const RELEASE = { name: "cert-manager", namespace: "certs" };
const SETTINGS: CertManagerSettings = { keepCrds: true, startupCheck: true, gatewayApi: true };

type Configuration = Rendered & {
  webhooks: {
    name: string;
    clientConfig: { service: { name: string; namespace: string; path: string } };
  }[];
};

function mirrorOf(which: string, context: Mocha.Context): string {
  const folder = process.env["CHARTS_DIR"];
  return which === "the stand-in"
    ? STAND_IN
    : (folder ?? skip(context, "CHARTS_DIR names no folder of real charts"));
}

for (const which of ["the stand-in", "the real chart"]) {
  describe(`cert-manager's values in ${which}`, function () {
    this.timeout(30_000);
    let helm: string;
    let chart: string;

    before(function () {
      const mirror = mirrorOf(which, this);
      helm = helmOrSkip(this);
      ({ chart } = chartSource("cert-manager", { mirror }));
    });

    function render(settings: Partial<CertManagerSettings> = {}, over?: object): Rendered[] {
      const values = certManagerValues({ ...SETTINGS, ...settings }, { ...over });
      return helmTemplate(helm, chart, RELEASE, values);
    }

    function only(objects: Rendered[], kind: string, name: string): Rendered {
      const found = objects.filter((it) => it.kind === kind && it.metadata.name === name);
      assert.equal(found.length, 1, `${kind} ${name}`);
      return found[0]!;
    }

    it("install the CRDs that issuers need, kept or not", () => {
      for (const keepCrds of [true, false]) {
        const objects = render({ keepCrds });
        for (const plural of ["clusterissuers", "issuers", "certificates", "certificaterequests"]) {
          const crd = only(objects, "CustomResourceDefinition", `${plural}.cert-manager.io`);
          const policy = crd.metadata.annotations?.["helm.sh/resource-policy"];
          assert.equal(policy, keepCrds ? "keep" : undefined);
        }
      }
    });

    it("switch the chart's own check, which the stand knows by its label", () => {
      const job = only(render(), "Job", "cert-manager-startupapicheck");
      assert.equal(job.metadata.annotations?.["helm.sh/hook"], "post-install");
      const { metadata, spec } = (
        job.spec as {
          template: {
            metadata: { labels: Record<string, string> };
            spec: { containers: { args: string[] }[] };
          };
        }
      ).template;
      assert.equal(metadata.labels["app.kubernetes.io/component"], "startupapicheck");
      assert.ok(spec.containers[0]?.args.includes("--wait=5m"));
      const without = render({ startupCheck: false });
      assert.deepEqual(
        without.filter(({ kind }) => kind === "Job"),
        [],
      );
    });

    it("tell the controller of the Gateway API, or nothing", () => {
      const config = only(render(), "ConfigMap", "cert-manager").data?.["config.yaml"] ?? "";
      const parsed = load(config) as Record<string, unknown>;
      assert.equal(parsed["kind"], "ControllerConfiguration");
      assert.equal(parsed["enableGatewayAPI"], true);
      const plain = render({ gatewayApi: false });
      assert.equal(
        plain.some(
          ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "cert-manager",
        ),
        false,
      );
    });

    it("make the webhook by the names that the gate and the stand know", () => {
      const annotations = { "science-platform/late-answer": "1" };
      const objects = render({}, { webhook: { serviceAnnotations: annotations } });
      assert.deepEqual(only(objects, "Service", WEBHOOK_OBJECT).metadata.annotations, annotations);
      only(objects, "Deployment", WEBHOOK_OBJECT);
      only(objects, "Deployment", "cert-manager-cainjector");
      for (const [kind, at] of [
        ["MutatingWebhookConfiguration", "/mutate"],
        ["ValidatingWebhookConfiguration", "/validate"],
      ] as const) {
        const found = only(objects, kind, WEBHOOK_OBJECT) as Configuration;
        const service = { name: WEBHOOK_OBJECT, namespace: RELEASE.namespace, path: at };
        assert.equal(asksForAuthority(found), true);
        assert.deepEqual(servicesOf(found), [service]);
        assert.deepEqual(
          found.webhooks.map(({ name }) => name),
          [WEBHOOK_NAME],
        );
        for (const label of CONFIGURATION_LABELS.split(",")) {
          const [key = "", value] = label.split("=");
          assert.equal(found.metadata.labels?.[key], value);
        }
      }
    });

    it("have all that the stand-in makes", () => {
      const key = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.name}`;
      const there = new Set(render().map(key));
      const standIn = chartSource("cert-manager", { mirror: STAND_IN }).chart;
      const simulated = helmTemplate(helm, standIn, RELEASE, certManagerValues(SETTINGS));
      assert.deepEqual(
        simulated.map(key).filter((object) => !there.has(object)),
        [],
      );
    });

    if (which === "the real chart") {
      // The stand-in takes every key; the schema of the real one refuses what it does not know.
      it("are all known to it", () => {
        render();
        assert.throws(() => render({}, { crdsEnabled: true }), /crdsEnabled/);
      });
    }
  });
}
