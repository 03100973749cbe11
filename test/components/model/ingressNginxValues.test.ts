import assert from "node:assert/strict";
import {
  checkIngressNginx,
  ingressNginxValues,
  type IngressNginxSettings,
} from "../../../components/model/ingressNginxValues";
import { Problems } from "../../../components/model/problems";

function problemsOf(settings: IngressNginxSettings): readonly string[] {
  const problems = new Problems("i");
  checkIngressNginx(settings, problems);
  return problems.list();
}

describe("values of ingress-nginx", () => {
  it("are strict where nothing is said", () => {
    assert.deepEqual(ingressNginxValues({}), {
      controller: {
        replicaCount: 1,
        ingressClass: "nginx",
        ingressClassResource: {
          name: "nginx",
          default: false,
          controllerValue: "k8s.io/ingress-nginx",
        },
        allowSnippetAnnotations: false,
        enableAnnotationValidations: true,
        config: { "annotations-risk-level": "High", "strict-validate-path-type": "true" },
        admissionWebhooks: { enabled: true },
        service: { type: "LoadBalancer" },
      },
    });
  });

  it("take every setting over; another class has a controller of its own", () => {
    const settings = {
      className: "nginx-public",
      defaultClass: true,
      serviceType: "NodePort",
      nodePorts: { https: 30443 },
      admissionWebhook: false,
      replicas: 2,
    };
    assert.deepEqual(problemsOf(settings), []);
    assert.deepEqual(ingressNginxValues(settings), {
      controller: {
        replicaCount: 2,
        ingressClass: "nginx-public",
        ingressClassResource: {
          name: "nginx-public",
          default: true,
          controllerValue: "k8s.io/nginx-public",
        },
        allowSnippetAnnotations: false,
        enableAnnotationValidations: true,
        config: { "annotations-risk-level": "High", "strict-validate-path-type": "true" },
        admissionWebhooks: { enabled: false },
        service: { type: "NodePort", nodePorts: { https: 30443 } },
      },
    });
  });

  it("refuse, all at once, what the cluster would refuse or ignore", () => {
    assert.deepEqual(
      problemsOf({
        className: "Nginx_1",
        serviceType: "Nodeport",
        nodePorts: { http: 80, https: 80 },
        replicas: 0,
      }),
      [
        'i: className: not a name that an IngressClass can have (found "Nginx_1"; allowed: lower-case letters, digits, - and ., beginning and ending with a letter or digit, 253 characters at most). Correct it.',
        'i: serviceType: not a type of Service that the controller can have (found "Nodeport"; allowed: LoadBalancer, NodePort, ClusterIP). Did you mean NodePort?',
        'i: nodePorts: node ports, but the Service has type Nodeport (found {"http":80,"https":80}). Set serviceType to NodePort, or remove the node ports.',
        "i: nodePorts.http: out of range (found 80; allowed: 30000 to 32767). Choose another.",
        "i: nodePorts.https: out of range (found 80; allowed: 30000 to 32767). Choose another.",
        "i: nodePorts.https: node port used twice: nodePorts.http has it (found 80). Choose another.",
        "i: replicas: not a number of controllers (found 0; allowed: a whole number, 1 or more).",
      ],
    );
    assert.match(
      problemsOf({ nodePorts: { http: 30080 } })[0]!,
      /the Service has type LoadBalancer/,
    );
    assert.deepEqual(problemsOf({ nodePorts: {} }), []);
  });
});
