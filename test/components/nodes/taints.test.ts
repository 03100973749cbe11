import assert from "node:assert/strict";
import type { ApiAnswer, ApiClient, ApiContent } from "../../../components/cluster/apiClient";
import type { Taint } from "../../../components/model/gpuTypes";
import { setTaints } from "../../../components/nodes/taints";

const OURS: Taint = { key: "gpu", effect: "NoSchedule" };
const THEIRS: Taint = { key: "repair", value: "soon", effect: "NoExecute" };
const OWNED = '[{"key":"gpu","effect":"NoSchedule"}]';

/** An API server with one node, which others may write to between a read and a write. */
class OneNode implements ApiClient {
  version = 1;
  taints: Taint[] | undefined;
  owned: string | undefined;
  readonly writes: { path: string; content: ApiContent | undefined }[] = [];
  /** How many of the next writes meet a node that someone else just changed. */
  conflicts = 0;
  missing = false;

  request(method: string, path: string, content?: ApiContent): Promise<ApiAnswer> {
    return Promise.resolve(method === "GET" ? this.read() : this.write(path, content));
  }

  close(): void {
    // Nothing is open.
  }

  private read(): ApiAnswer {
    const annotations = { "science-platform/owned-taints": this.owned };
    return this.missing
      ? { status: 404, body: { message: "nodes not found" } }
      : {
          status: 200,
          body: {
            metadata: { resourceVersion: String(this.version), annotations },
            spec: { taints: this.taints },
          },
        };
  }

  private write(path: string, content?: ApiContent): ApiAnswer {
    this.writes.push({ path, content });
    if (this.conflicts > 0) {
      this.conflicts--;
      this.version++;
      this.taints = [...(this.taints ?? []), { key: `late-${this.version}`, effect: "NoSchedule" }];
    }
    const { metadata, spec } = content?.body as {
      metadata: { resourceVersion: string; annotations: Record<string, string | null> };
      spec: { taints: Taint[] | null };
    };
    if (metadata.resourceVersion !== String(this.version)) {
      return { status: 409, body: { message: "the object has been modified" } };
    }
    this.version++;
    this.taints = spec.taints ?? undefined;
    this.owned = metadata.annotations["science-platform/owned-taints"] ?? undefined;
    return { status: 200, body: {} };
  }
}

describe("setTaints", () => {
  let node: OneNode;

  beforeEach(() => {
    node = new OneNode();
  });

  it("writes the taints and their inventory at once, on the version that it read", async () => {
    node.taints = [THEIRS];
    await setTaints(node, "n", [OURS]);
    assert.deepEqual(node.writes, [
      {
        path: "/api/v1/nodes/n?fieldManager=science-platform-taints",
        content: {
          type: "application/merge-patch+json",
          body: {
            metadata: {
              resourceVersion: "1",
              annotations: { "science-platform/owned-taints": OWNED },
            },
            spec: { taints: [THEIRS, OURS] },
          },
        },
      },
    ]);
  });

  it("writes nothing where nothing is to be changed", async () => {
    node.taints = [THEIRS, OURS];
    node.owned = OWNED;
    await setTaints(node, "n", [OURS]);
    node.owned = undefined;
    await setTaints(node, "n", []);
    assert.deepEqual(node.writes, []);
  });

  it("removes the list and the annotation where none is left", async () => {
    node.taints = [OURS];
    node.owned = OWNED;
    await setTaints(node, "n", []);
    assert.equal(node.taints, undefined);
    assert.equal(node.owned, undefined);
  });

  it("reads again where someone wrote in between, and keeps what they wrote", async () => {
    node.conflicts = 2;
    await setTaints(node, "n", [OURS]);
    assert.equal(node.writes.length, 3);
    assert.deepEqual(
      node.taints?.map(({ key }) => key),
      ["late-2", "late-3", "gpu"],
    );
  });

  it("gives up on a node that never rests", async () => {
    node.conflicts = Infinity;
    await assert.rejects(setTaints(node, "n", [OURS]), {
      message:
        "node n: taints could not be set: it was changed by others 8 times in a row. Run this again.",
    });
    assert.equal(node.writes.length, 8);
    assert.equal(node.owned, undefined);
  });

  it("minds a node that is gone only where a taint is wanted", async () => {
    node.missing = true;
    await setTaints(node, "n", []);
    await assert.rejects(setTaints(node, "n", [OURS]), {
      message: "node n: taints could not be set: nodes not found",
    });
  });
});
