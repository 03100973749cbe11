import assert from "node:assert/strict";
import { ingressNginxValues } from "../../components/model/ingressNginxValues";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { chartOrSkip, helmOrSkip, objectOf, renderChart, TRIED } from "../support/helm";

interface Container {
  args: string[];
}

for (const which of TRIED) {
  describe(`the ${which} chart ingress-nginx with our values`, () => {
    let helm: string;
    let chart: string;

    before(async function () {
      chart = chartOrSkip(this, which, "ingress-nginx");
      helm = await helmOrSkip(this);
    });

    function render(settings: Parameters<typeof ingressNginxValues>[0]): KubernetesObject[] {
      const release = { name: "ingress-nginx", namespace: "ingress-nginx" };
      return renderChart(helm, chart, release, ingressNginxValues(settings));
    }

    const kinds = (objects: KubernetesObject[], kind: string): KubernetesObject[] =>
      objects.filter((it) => it.kind === kind);

    it("is strict: no snippets, risk High at most, and the admission webhook", () => {
      const objects = render({});
      const { data } = objectOf(objects, "ConfigMap", "ingress-nginx-controller");
      // The chart writes no key where snippets are off: that is the controller's default.
      assert.notEqual(data!["allow-snippet-annotations"], "true");
      assert.equal(data!["annotations-risk-level"], "High");
      assert.equal(data!["strict-validate-path-type"], "true");
      assert.equal(kinds(objects, "ValidatingWebhookConfiguration").length, 1);
      const service = objectOf(objects, "Service", "ingress-nginx-controller");
      assert.equal(service.spec!["type"], "LoadBalancer");
      const { spec } = objectOf(objects, "IngressClass", "nginx");
      assert.equal(spec!["controller"], "k8s.io/ingress-nginx");
    });

    it("takes class, node ports, replicas and the webhook's switch", () => {
      const objects = render({
        className: "public",
        defaultClass: true,
        serviceType: "NodePort",
        nodePorts: { http: 30080, https: 30443 },
        admissionWebhook: false,
        replicas: 2,
      });
      assert.deepEqual(kinds(objects, "ValidatingWebhookConfiguration"), []);
      assert.deepEqual(kinds(objects, "Job"), []);
      const { metadata, spec } = objectOf(objects, "IngressClass", "public");
      assert.equal(spec!["controller"], "k8s.io/public");
      assert.equal(metadata.annotations!["ingressclass.kubernetes.io/is-default-class"], "true");
      const service = objectOf(objects, "Service", "ingress-nginx-controller").spec as {
        type: string;
        ports: { nodePort: number }[];
      };
      assert.equal(service.type, "NodePort");
      assert.deepEqual(
        service.ports.map(({ nodePort }) => nodePort),
        [30080, 30443],
      );
      const deployment = objectOf(objects, "Deployment", "ingress-nginx-controller").spec as {
        replicas: number;
        template: { spec: { containers: Container[] } };
      };
      assert.equal(deployment.replicas, 2);
      const { args } = deployment.template.spec.containers[0]!;
      assert.ok(args.includes("--controller-class=k8s.io/public"));
      assert.ok(args.includes("--ingress-class=public"));
      // On by default; the chart has a flag for off alone.
      assert.ok(!args.includes("--enable-annotation-validation=false"));
    });
  });
}
