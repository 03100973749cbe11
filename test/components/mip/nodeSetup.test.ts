import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  checkNodeSetup,
  NODE_SETUP_DEFAULTS,
  nodeConf,
  type NodeSetup,
} from "../../../components/model/mipFederationSetup";
import { Problems } from "../../../components/model/problems";
import { skip } from "../../support/reporter";
import { Machine } from "./machine";

const SETUP: NodeSetup = {
  ...NODE_SETUP_DEFAULTS,
  federation: "lab",
  dataFolder: "/data/lab",
  pathologies: ["dementia", "tbi"],
  masterFolders: ["/opt/exaflow/lab/globalworker/csvs"],
  workerFolders: [],
  csvsLink: "/opt/exaflow/lab/localworker/csvs",
};

/** Every folder and link below a machine's root, with the content of links. */
function tree(machine: Machine): string[] {
  return fs
    .readdirSync(machine.root, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const file = machine.at(name);
      return fs.lstatSync(file).isSymbolicLink() ? `${name} -> ${fs.readlinkSync(file)}` : name;
    });
}

describe("scripts for a federation's machines", function () {
  this.timeout(60_000);
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine(SETUP);
  });
  afterEach(() => machine.remove());

  it("set up a master, and change nothing when run again", () => {
    const first = machine.run("master.sh");
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(machine.log(), [
      "snap install microk8s --classic --channel=1.32/stable",
      "useradd --create-home --user-group --shell /bin/bash mipadmin",
      "usermod -aG sudo mipadmin",
      "usermod -aG microk8s mipadmin",
      "microk8s enable dns",
      "microk8s enable helm3",
      "microk8s enable ingress",
      "microk8s enable hostpath-storage",
    ]);
    assert.ok(tree(machine).includes("opt/exaflow/lab/globalworker/csvs"));
    assert.equal(fs.existsSync(machine.at("data")), false);
    const again = machine.run("master.sh");
    assert.equal(again.output, "Nothing to change.\n");
    assert.deepEqual(machine.log(), []);
  });

  it("join a worker once, and make its data folders", () => {
    assert.match(machine.run("worker.sh").output, /is in no cluster.*master\.sh --add-worker/);
    machine.log();
    const first = machine.run("worker.sh", "--join", "192.0.2.7:25000/abc/def");
    assert.equal(first.code, 0, first.output);
    assert.deepEqual(machine.log(), ["microk8s join 192.0.2.7:25000/abc/def"]);
    assert.equal(first.output.includes("abc"), false, "the token is not repeated");
    assert.deepEqual(
      tree(machine).filter((name) => /^(data|opt.*->)/.test(name)),
      [
        "data",
        "data/lab",
        "data/lab/dementia",
        "data/lab/tbi",
        "opt/exaflow/lab/localworker/csvs -> /data/lab",
      ],
    );
    const again = machine.run("worker.sh", "--join", "192.0.2.7:25000/other");
    assert.match(again.output, /in a cluster already: not joined again\.\nNothing to change\./);
    assert.deepEqual(machine.log(), []);
    machine.write({ ...SETUP, pathologies: [...SETUP.pathologies, "epilepsy"] });
    assert.equal(machine.run("worker.sh").output, "changed: /data/lab/epilepsy/\n");
  });

  it("serve one machine that is master and worker, and joins without a control plane", () => {
    assert.equal(machine.run("master.sh", "--with-data").code, 0);
    assert.ok(tree(machine).includes("data/lab/tbi"));
    machine.log();
    machine.run("worker.sh", "--join", "192.0.2.7:25000/abc", "--without-control-plane");
    assert.deepEqual(machine.log(), ["microk8s join 192.0.2.7:25000/abc --worker"]);
  });

  it("replace the empty folder that Kubernetes made, never one with data", () => {
    machine.run("master.sh", "--with-data");
    fs.rmSync(machine.at("opt/exaflow/lab/localworker/csvs"));
    fs.mkdirSync(machine.at("opt/exaflow/lab/localworker/csvs"));
    assert.equal(
      machine.run("master.sh", "--with-data").output,
      "changed: /opt/exaflow/lab/localworker/csvs\n",
    );
    fs.rmSync(machine.at("opt/exaflow/lab/localworker/csvs"));
    fs.mkdirSync(machine.at("opt/exaflow/lab/localworker/csvs/dementia"), { recursive: true });
    const { code, output } = machine.run("master.sh", "--with-data");
    assert.equal(code, 1);
    assert.match(output, /csvs holds files: move its folders into \/data\/lab, and remove it/);
    assert.ok(fs.existsSync(machine.at("opt/exaflow/lab/localworker/csvs/dementia")));
  });

  it("make no link for the seed's engine, whose data has no csvs in its path", () => {
    machine.write({
      ...SETUP,
      csvsLink: "",
      workerFolders: ["/opt/exaflow/lab/.stored_data/db"],
    });
    machine.run("master.sh", "--with-data");
    assert.equal(fs.existsSync(machine.at("opt/exaflow/lab/localworker/csvs")), false);
    assert.ok(fs.existsSync(machine.at("opt/exaflow/lab/.stored_data/db")));
  });

  it("print what a worker runs", () => {
    machine.run("master.sh");
    assert.equal(
      machine.run("master.sh", "--add-worker").output,
      "On the further node, within the hour: sudo bash worker.sh --join 192.0.2.7:25000/abc/def\n",
    );
  });

  it("give up a node only when it is lost and off, and take it back when it is Ready", () => {
    machine.run("master.sh");
    machine.log();
    machine.says("ready", "True");
    assert.match(machine.run("master.sh", "--lost", "w1").output, /w1 is Ready: it is not lost/);
    machine.says("ready", "Unknown");
    assert.match(machine.run("master.sh", "--lost", "w1").output, /add --machine-is-off/);
    assert.match(machine.run("master.sh", "--returned", "w1").output, /not Ready yet/);
    assert.match(
      machine.run("master.sh", "--lost", "w9").output,
      /no node w9\. There are: node\/w1/,
    );
    assert.deepEqual(machine.log(), []);
    assert.equal(machine.run("master.sh", "--lost", "w1", "--machine-is-off").code, 0);
    machine.says("ready", "True");
    assert.equal(machine.run("master.sh", "--returned", "w1").code, 0);
    assert.deepEqual(machine.log(), [
      "microk8s kubectl taint node w1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute --overwrite",
      "microk8s kubectl taint node w1 node.kubernetes.io/out-of-service-",
    ]);
    assert.equal(machine.run("master.sh", "--returned", "w1").output, "Nothing to change.\n");
  });

  it("refuse options that they do not have, and explain themselves", () => {
    for (const script of ["master.sh", "worker.sh"]) {
      const { code, output } = machine.run(script, "--nonsense");
      assert.equal(code, 1);
      assert.match(output, new RegExp(`Usage: ${script}[^]*--nonsense: unknown option`));
      assert.equal(machine.run(script, "--help").code, 0);
    }
    assert.deepEqual(tree(machine), []);
  });

  it("are sound to bash and shellcheck", function () {
    for (const name of ["common.sh", "master.sh", "worker.sh", "node.conf"]) {
      const { status, stderr } = spawnSync("bash", ["-n", path.join(machine.scripts, name)]);
      assert.equal(status, 0, String(stderr));
    }
    if (spawnSync("shellcheck", ["--version"]).status !== 0) {
      skip(this, "shellcheck is not on PATH");
    }
    const scripts = ["master.sh", "worker.sh"].map((name) => path.join(machine.scripts, name));
    const { status, stdout } = spawnSync("shellcheck", ["-x", ...scripts], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
    const conf = path.join(machine.scripts, "node.conf");
    const rendered = spawnSync("shellcheck", ["-s", "bash", "-e", "SC2034", conf]);
    assert.equal(rendered.status, 0, String(rendered.stdout));
  });
});

describe("nodeConf", () => {
  it("is read by bash as it was given", () => {
    const addons = ["dns:192.0.2.1,192.0.2.2", "metallb:192.0.2.10-192.0.2.20"];
    const odd = { ...SETUP, addons, dataFolder: "/data/it's $HOME" };
    const print = 'printf "%s\\n" "$DATA_FOLDER" "${ADDONS[@]}" "${PATHOLOGIES[@]}" "$CSVS_LINK"';
    const { stdout } = spawnSync("bash", ["-c", `${nodeConf(odd)}\n${print}`], {
      encoding: "utf8",
    });
    assert.deepEqual(stdout.split("\n"), [
      "/data/it's $HOME",
      ...addons,
      "dementia",
      "tbi",
      SETUP.csvsLink,
      "",
    ]);
  });

  it("is refused where the scripts could not do as told", () => {
    const problems = new Problems("f");
    const bad = { user: "Mip Admin", groups: ["a,b"], channel: "stable; rm", addons: ["x y"] };
    checkNodeSetup(bad, problems, "nodeSetup");
    assert.deepEqual(
      problems.list().map((line) => line.split(" (")[0]),
      [
        "f: nodeSetup.user: not the name of a user",
        "f: nodeSetup.groups: not the name of a group",
        "f: nodeSetup.channel: not a snap channel",
        "f: nodeSetup.addons: not an add-on of microk8s",
      ],
    );
  });
});
