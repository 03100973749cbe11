import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { waitForWebhook } from "../../../components/addons/certManagerGate";
import type { GateOptions } from "../../../components/addons/certManagerGate";
import { connect } from "../../../components/cluster/apiClient";
import type { ApiClient } from "../../../components/cluster/apiClient";

/** What the small API server says to one request. */
interface Answer {
  status: number;
  body: object;
}
interface Seen {
  method: string;
  url: string;
  body: { metadata: object; spec: { request: string; issuerRef: object } } | undefined;
}

const POST = 'Post "https://cert-manager-webhook.cm.svc:443/mutate?timeout=10s"';
const SLICES =
  "/apis/discovery.k8s.io/v1/namespaces/cm/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dcert-manager-webhook";

function failure(status: number, message: string): Answer {
  return { status, body: { kind: "Status", message } };
}

function calling(detail: string): Answer {
  return failure(
    500,
    `Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: ${POST}: ${detail}`,
  );
}

const MUTATED: Answer = { status: 201, body: { spec: { username: "admin" } } };
const DENIED = failure(
  403,
  'admission webhook "webhook.cert-manager.io" denied the request: spec.request: Invalid value',
);

describe("the wait for cert-manager's webhook", () => {
  let server: http.Server;
  let client: ApiClient;
  let seen: Seen[];
  /** What is said to a sound request, to an unsound one, and of the endpoints; the last one is repeated. */
  let sound: Answer[];
  let unsound: Answer[];
  let slices: Answer;

  function say(answers: Answer[]): Answer {
    return answers.length > 1 ? answers.shift()! : answers[0]!;
  }

  function decide({ method, body }: Seen): Answer {
    if (method === "GET") {
      return slices;
    }
    const request = Buffer.from(body?.spec.request ?? "", "base64").toString();
    return say(request.startsWith("-----BEGIN CERTIFICATE REQUEST-----") ? sound : unsound);
  }

  before(async () => {
    server = http.createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { method = "", url = "" } = request;
        const body = text === "" ? undefined : (JSON.parse(text) as Seen["body"]);
        seen.push({ method, url, body });
        const answer = decide(seen.at(-1)!);
        response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(async () => {
    seen = [];
    sound = [MUTATED];
    unsound = [DENIED];
    slices = { status: 200, body: { items: [{ endpoints: [{ conditions: { ready: true } }] }] } };
    client = await connectTo((server.address() as AddressInfo).port);
  });

  afterEach(() => client.close());

  function connectTo(port: number): Promise<ApiClient> {
    const kubeconfig = {
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: {} }],
    };
    return connect("lab", JSON.stringify(kubeconfig));
  }

  function wait(options: Partial<GateOptions> = {}): Promise<void> {
    return waitForWebhook(client, { namespace: "cm", timeoutSeconds: 0.1, ...options });
  }

  async function reason(): Promise<string> {
    const error = await wait().then(
      () => assert.fail("it passed"),
      (found: unknown) => found as Error,
    );
    return error.message;
  }

  it("asks for dry runs alone: one request that is sound, and one that is not", async () => {
    await wait();
    assert.equal(seen.length, 2);
    const path =
      "/apis/cert-manager.io/v1/namespaces/cm/certificaterequests?dryRun=All&timeout=10s";
    for (const { method, url, body } of seen) {
      assert.equal(method, "POST");
      assert.equal(url, path);
      assert.deepEqual(body?.metadata, { generateName: "science-platform-gate-" });
      assert.deepEqual(body?.spec.issuerRef, { name: "science-platform-gate" });
    }
  });

  it("is over as soon as the webhook serves, and says what it waits for, each reason once", async () => {
    const x509 = calling("tls: failed to verify certificate: x509: signed by unknown authority");
    sound = [calling("dial tcp 10.0.0.1:443: connect: connection refused"), x509, x509, MUTATED];
    const said: string[] = [];
    await wait({ timeoutSeconds: 20, quietSeconds: 0, waiting: (text) => said.push(text) });
    assert.deepEqual(said, [
      "the connection to the webhook is refused",
      "the API server does not trust the webhook: the CA bundle is not injected yet, or is another's",
    ]);
    assert.equal(seen.length, 5);
  });

  it("says nothing of what is over soon", async () => {
    sound = [calling("connection refused"), MUTATED];
    const said: string[] = [];
    await wait({ timeoutSeconds: 20, waiting: (text) => said.push(text) });
    assert.deepEqual(said, []);
  });

  const causes: [what: string, answer: Answer, expected: RegExp][] = [
    [
      "missing CRDs",
      failure(404, "the server could not find the requested resource"),
      /CustomResourceDefinitions are missing\. It was said: the server could not .*: kubectl get crd certificaterequests\.cert-manager\.io/,
    ],
    [
      "a missing namespace",
      failure(404, 'namespaces "cm" not found'),
      /the namespace cm is missing.*kubectl get namespace cm/,
    ],
    [
      "a missing Service",
      calling('service "cert-manager-webhook" not found'),
      /the webhook's Service is missing.*kubectl -n cm get services,deployments/,
    ],
    [
      "a Service without endpoints",
      calling('no endpoints available for service "cert-manager-webhook"'),
      /the webhook's Service has no endpoints.*kubectl -n cm describe pods -l app\.kubernetes\.io\/component=webhook/,
    ],
    [
      "a refused connection",
      calling("dial tcp 10.96.38.90:443: connect: connection refused"),
      /the connection to the webhook is refused.*kubectl -n cm logs deployment\/cert-manager-webhook/,
    ],
    [
      "a CA bundle that is not there yet",
      calling("tls: failed to verify certificate: x509: certificate signed by unknown authority"),
      /the CA bundle is not injected yet.*kubectl -n cm logs deployment\/cert-manager-cainjector/,
    ],
    [
      "a webhook that takes too long",
      calling("context deadline exceeded"),
      /the webhook does not answer in time.*port 10250.*kubectl -n cm get pods -o wide/,
    ],
    [
      "a request that takes too long as a whole",
      failure(504, "Timeout: request did not complete within the allotted timeout"),
      /the webhook does not answer in time/,
    ],
    [
      "a network without a way",
      calling("dial tcp 10.96.38.90:443: connect: no route to host"),
      /the API server cannot reach the webhook.*kubectl -n cm get services,endpointslices,pods/,
    ],
    [
      "a webhook that denies",
      failure(
        403,
        'admission webhook "webhook.cert-manager.io" denied the request: spec.username: Forbidden',
      ),
      /the webhook denies a request that is sound\. It was said: admission webhook/,
    ],
    [
      "another webhook that denies",
      failure(403, 'admission webhook "validate.kyverno.svc-fail" denied the request: no'),
      /another admission webhook or policy than cert-manager's is in the way/,
    ],
    [
      "another webhook that fails",
      failure(500, 'failed calling webhook "policy.example.org": x509: no'),
      /another admission webhook or policy than cert-manager's is in the way/,
    ],
    [
      "an answer that nobody foresaw",
      failure(507, "out of space"),
      /answers in an unknown way\. It was said: out of space\. Look with: kubectl -n cm get events/,
    ],
  ];
  for (const [what, answer, expected] of causes) {
    it(`names ${what} when the time is over`, async () => {
      sound = [answer];
      const message = await reason();
      assert.match(message, expected);
      assert.match(
        message,
        /^cert-manager's webhook did not serve within 0\.1 s, and no issuer can be made before: /,
      );
      assert.match(message, / Then run this again: it goes on from here\.$/);
    });
  }

  it("looks for ready pods behind a connection that fails", async () => {
    sound = [calling("dial tcp 10.96.38.90:443: connect: connection refused")];
    slices.body = {
      items: [{ endpoints: [{ conditions: { ready: false } }] }, { endpoints: null }],
    };
    assert.match(await reason(), /the webhook's Service has no endpoints: no pod of it is ready/);
    assert.equal(seen.at(-1)?.url, SLICES);
    slices = failure(403, "endpointslices is forbidden");
    assert.match(await reason(), /the connection to the webhook is refused/);
  });

  it("names webhooks that are asked in vain", async () => {
    sound = [{ status: 201, body: { spec: {} } }];
    assert.match(await reason(), /the webhook is not asked to complete requests/);
    sound = [MUTATED];
    unsound = [{ status: 201, body: {} }];
    assert.match(await reason(), /not asked to check requests.*disable-validation/);
    unsound = [calling("context deadline exceeded")];
    assert.match(await reason(), /does not answer in time/);
  });

  it("does not wait where the user may not ask", async () => {
    sound = [failure(403, 'certificaterequests.cert-manager.io is forbidden: User "x" cannot')];
    await assert.rejects(
      wait({ timeoutSeconds: 60 }),
      /^Error: cert-manager: the kubeconfig's user may not .*auth can-i create certificaterequests/,
    );
    assert.equal(seen.length, 1);
  });

  it("waits for an API server that does not answer, and names it", async () => {
    const lone = http.createServer();
    await new Promise<void>((resolve) => lone.listen(0, "127.0.0.1", resolve));
    const { port } = lone.address() as AddressInfo;
    await new Promise((resolve) => lone.close(resolve));
    client = await connectTo(port);
    assert.match(await reason(), /the API server does not answer\. It was said: cluster lab/);
  });
});
