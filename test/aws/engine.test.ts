/** The simulated aws provider under the engine: previews, changes, drift, failures and what is left. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones";
import { Provider } from "@pulumi/aws/provider";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { warn } from "../../components/notices";
import { SimulatedAccount } from "../support/aws/simulatedAccount";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standOrSkip,
  withStack,
} from "../support/engine";

interface Settings {
  cidr: string;
  tag: string;
}

describe("the simulated aws provider under the engine", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let aws: SimulatedAccount;
  let seen: Record<string, unknown> = {};

  const program =
    ({ cidr, tag }: Settings): PulumiFn =>
    () => {
      seen = {};
      const provider = new Provider("aws", { region: "us-east-1" });
      const options = { provider };
      const vpc = new Vpc("vpc", { cidrBlock: cidr, tags: { team: tag } }, options);
      const zones = getAvailabilityZonesOutput({ state: "available" }, options);
      const subnet = new Subnet(
        "subnet",
        {
          vpcId: vpc.id,
          cidrBlock: cidr.replace(/\/16$/, "/24"),
          availabilityZone: zones.names.apply((names) => names[1]!),
        },
        options,
      );
      const gateway = new InternetGateway("gateway", { vpcId: vpc.id }, options);
      const template = new LaunchTemplate("template", { description: tag }, options);
      const outputs = {
        vpc: vpc.id,
        vpcArn: vpc.arn,
        zone: subnet.availabilityZone,
        subnet: subnet.id,
        gateway: gateway.id,
        version: template.latestVersion,
      };
      for (const [name, output] of Object.entries<Output<unknown>>(outputs)) {
        output.apply((value) => (seen[name] = value));
      }
      return Promise.resolve(outputs);
    };
  const first = program({ cidr: "10.0.0.0/16", tag: "one" });

  before(async function () {
    standOrSkip(this);
    aws = new SimulatedAccount();
    await aws.start();
  });
  after(() => aws?.close());

  it("goes the way of a stack", async () => {
    await withStack(first, async (stack) => {
      aws.attach(stack);
      const before = await stack.preview();
      assert.deepEqual(before.changeSummary, { create: 6 });
      assert.deepEqual(Object.entries(seen), [["zone", "us-east-1b"]]);
      assert.deepEqual(aws.things(), []);

      const { outputs } = await stack.up();
      assert.match(String(outputs["vpc"]!.value), /^vpc-0[0-9a-f]{16}$/);
      assert.equal(outputs["zone"]!.value, "us-east-1b");
      assert.equal(aws.only("aws:ec2/subnet:Subnet").id, outputs["subnet"]!.value);
      assert.deepEqual(changesIn((await stack.up()).summary), {});

      // In place: what the change leaves alone is known in the preview.
      setProgram(stack, program({ cidr: "10.0.0.0/16", tag: "two" }));
      const tagged = await stack.preview();
      assert.deepEqual(tagged.changeSummary, { same: 4, update: 2 });
      assert.equal(seen["vpcArn"], outputs["vpcArn"]!.value);
      assert.equal("version" in seen, false);
      assert.deepEqual(changesIn((await stack.up()).summary), { update: 2 });
      assert.equal(seen["version"], 2);

      // Not in place: what hangs on it is replaced, too.
      setProgram(stack, program({ cidr: "10.7.0.0/16", tag: "two" }));
      const moved = await stack.preview();
      assert.deepEqual(moved.changeSummary, { same: 3, replace: 2, update: 1 });

      // Somebody else's change is seen, and undone.
      setProgram(stack, program({ cidr: "10.0.0.0/16", tag: "two" }));
      aws.change(aws.only("aws:ec2/vpc:Vpc"), { tags: { team: "somebody" } });
      await stack.refresh();
      assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
      assert.deepEqual(aws.only("aws:ec2/vpc:Vpc").properties["tags"], { team: "two" });

      await stack.destroy();
      assert.deepEqual(aws.things(), []);
      // The template hangs on nothing, and goes when it likes.
      const deletions = aws
        .operations()
        .filter(({ operation, type }) => operation === "delete" && !type.includes("Template"));
      assert.equal(deletions.at(-1)!.type, "aws:ec2/vpc:Vpc");
    });
  });

  it("keeps what a wanted failure left, and goes on from there", async () => {
    await withStack(first, async (stack) => {
      aws.attach(stack);
      aws.set({
        faults: [
          { type: "aws:ec2/subnet:", operation: "create", message: "Throttling: no", made: true },
        ],
      });
      const before = process.listenerCount("unhandledRejection");
      await assert.rejects(stack.up(), { message: /Throttling: no/ });
      // The program, whose requests nobody answers any more, has ended, too.
      const until = Date.now() + 5000;
      while (process.listenerCount("unhandledRejection") > before && Date.now() < until) {
        await delay(50);
      }
      assert.equal(process.listenerCount("unhandledRejection"), before);
      const made = aws.only("aws:ec2/subnet:Subnet").id;
      aws.set({ faults: [] });
      const { outputs } = await stack.up();
      assert.equal(outputs["subnet"]!.value, made);
    });
    assert.deepEqual(aws.things(), []);
  });

  it("comes to the end of a run after one that failed before it had told all", async () => {
    const telling: PulumiFn = () => {
      const provider = new Provider("aws", { region: "us-east-1" });
      const vpc = new Vpc("vpc", { cidrBlock: "10.0.0.0/16" }, { provider });
      new Telling("telling", { dependsOn: [vpc] });
      return Promise.resolve();
    };
    await withStack(telling, async (stack) => {
      aws.attach(stack);
      aws.set({ faults: [{ type: "::vpc$", operation: "create", message: "Throttling: no" }] });
      await assert.rejects(stack.up(), { message: /Throttling: no/ });
      aws.set({ faults: [] });
      const { stdout } = await stack.up();
      assert.match(stdout, /warning: what is to be told/);
    });
  });
});

/** A component that tells something, once it is there. */
class Telling extends ComponentResource {
  constructor(name: string, opts: ComponentResourceOptions) {
    super("test:index:Telling", name, {}, opts);
    warn(this, "what is to be told");
    this.registerOutputs();
  }
}
