import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { minikubeNotes } from "../../stacks/preflight/minikube";
import { freePorts } from "../hub/processes";

/**
 * A `minikube` whose answers lie in files of a folder: `host` (its state), `mounts`, `listing`. It runs what is
 * asked of the node here, but for these; the node's name for this machine is 127.0.0.1.
 */
const FAKE = `#!/bin/bash
shift 2 # -p PROFILE
case "$1" in
  status) printf '{"Name":"minikube","Host":"%s"}' "$(cat "$FAKE/host")"; [ "$(cat "$FAKE/host")" = Running ] ;;
  ip) echo 192.168.49.2 ;;
  ssh)
    case "$3" in
      *"cat /proc/mounts"*) cat "$FAKE/mounts" ;;
      *"ls -A /data"*) cat "$FAKE/listing" ;;
      *"getent hosts"*) echo "127.0.0.1 host.minikube.internal" ;;
      *) if [ -e "$FAKE/firewall" ]; then exit 1; else bash -c "$3"; fi ;;
    esac ;;
esac
`;

describe("the look at a minikube", function () {
  this.timeout(30_000);
  let folder: string;
  let store: string;
  let server: Server;
  let environment: { PATH: string | undefined; FAKE: string | undefined };

  const put = (name: string, text: string): void => fs.writeFileSync(path.join(folder, name), text);
  const notes = (): Promise<string[]> => minikubeNotes({ path: store }, "Pulumi.minikube.yaml");
  const mountOf = (port: number): string =>
    `overlay / overlay rw 0 0\n127.0.0.1 /data 9p rw,relatime,trans=tcp,port=${port} 0 0\n`;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-minikube-"));
    store = path.join(folder, "store");
    fs.mkdirSync(store);
    put("minikube", FAKE);
    fs.chmodSync(path.join(folder, "minikube"), 0o755);
    put("host", "Running");
    put("listing", "");
    server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    put("mounts", mountOf((server.address() as AddressInfo).port));
    environment = { PATH: process.env["PATH"], FAKE: process.env["FAKE"] };
    process.env["PATH"] = `${folder}:${environment.PATH ?? ""}`;
    process.env["FAKE"] = folder;
  });

  afterEach(async () => {
    process.env["PATH"] = environment.PATH;
    delete process.env["FAKE"];
    server.close();
    await once(server, "close");
    fs.rmSync(folder, { recursive: true });
  });

  it("finds nothing wrong with a mount whose server answers", async () => {
    assert.deepEqual(await notes(), []);
  });

  it("finds nothing wrong where both sides show the same, however that came", async () => {
    fs.writeFileSync(path.join(store, "func-1.pkl"), "");
    put("listing", "func-1.pkl\r\n");
    put("mounts", "");
    assert.deepEqual(await notes(), []);
  });

  it("names the missing mount", async () => {
    put("mounts", "/dev/vda1 /data ext4 rw 0 0\n");
    assert.deepEqual(await notes(), [
      `Pulumi.minikube.yaml: covalent.dataStore.path: the node has nothing mounted as /data, where tasks look for their function. In a terminal of its own: minikube mount ${store}:/data`,
    ]);
  });

  it("names the mount server that has ended", async () => {
    const [nobody] = await freePorts(1);
    put("mounts", mountOf(nobody!));
    const [note = "", ...more] = await notes();
    assert.deepEqual(more, []);
    assert.match(note, /covalent\.dataStore\.path: the mount server has ended/);
  });

  it("names the firewall rule", async () => {
    put("firewall", "");
    const [note = "", ...more] = await notes();
    assert.deepEqual(more, []);
    assert.match(note, /iptables -A INPUT -s 192\.168\.49\.0\/24 -j ACCEPT && iptables-save/);
  });

  it("says that the node does not run, and that there is no minikube", async () => {
    put("host", "Stopped");
    assert.match((await notes()).join(), /the node does not run\. Start it: minikube start$/);
    process.env["PATH"] = path.join(folder, "nothing");
    assert.match((await notes()).join(), /the command minikube is not on PATH/);
  });
});
