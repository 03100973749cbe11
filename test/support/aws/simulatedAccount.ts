/** A simulated AWS account for a test: its provider in a process of its own, its `aws` command, and what is in it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { Account, type Operation, type Settings, type Thing } from "./account";

const LOADER = path.resolve(__dirname, "../../../node_modules/tsx/dist/loader.mjs");

/** A program of ours, started without the repository as its folder. */
function program(file: string): string[] {
  return ["--import", LOADER, path.join(__dirname, file)];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A running account. */
export interface AccountPlace {
  folder: string;
  /** Of its provider, on loopback. */
  port: number;
}

function binOf(folder: string): string {
  return path.join(folder, "bin");
}

/** An environment that leads into an account; what else it says stays. */
function environment(
  { folder, port }: AccountPlace,
  before: Record<string, string | undefined>,
): Record<string, string> {
  const { PULUMI_DEBUG_PROVIDERS: others, PATH = process.env["PATH"] } = before;
  return {
    PATH: [binOf(folder), PATH].join(path.delimiter),
    PULUMI_DEBUG_PROVIDERS: [...(others ? [others] : []), `aws:${port}`].join(","),
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** Lets the runs of a stack, and the program in this process, be in an account. */
export function attach({ workspace }: Stack, place: AccountPlace): void {
  const { envVars } = workspace;
  workspace.envVars = { ...envVars, ...environment(place, envVars) };
  process.env["PATH"] = [binOf(place.folder), process.env["PATH"]].join(path.delimiter);
}

export class SimulatedAccount {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "simulated-aws-"));
  private readonly account = new Account(this.folder);
  private child: ChildProcess | undefined;
  private port = 0;

  /** @param settings that differ from the defaults */
  constructor(private settings: Partial<Settings> = {}) {
    this.set({});
    fs.mkdirSync(this.bin);
    const words = [process.execPath, ...program("command.ts")].map(quoted).join(" ");
    const lines = ["#!/bin/sh", `SIMULATED_AWS=${quoted(this.folder)} exec ${words} "$@"`, ""];
    fs.writeFileSync(path.join(this.bin, "aws"), lines.join("\n"), { mode: 0o755 });
  }

  /** Changes settings, faults among them, from the next operation on. */
  set(settings: Partial<Settings>): void {
    this.settings = { ...this.settings, ...settings };
    fs.writeFileSync(path.join(this.folder, "settings.json"), JSON.stringify(this.settings));
  }

  /** Starts the provider; another one goes on with the same account. */
  async start(): Promise<void> {
    const file = path.join(this.folder, `provider-${Date.now()}.log`);
    const out = fs.openSync(file, "w");
    const child = spawn(process.execPath, [...program("server.ts"), this.folder], {
      stdio: ["ignore", out, out],
      detached: true,
    });
    fs.closeSync(out);
    this.child = child;
    const log = (): string => fs.readFileSync(file, "utf8");
    while (child.exitCode === null && !log().includes("\n")) {
      await delay(20);
    }
    this.port = Number(log().split("\n")[0]);
    if (!Number.isInteger(this.port) || this.port <= 0) {
      throw new Error(`the simulated aws provider did not start: ${log()}`);
    }
  }

  /** Where another process finds the account: for `attach`. */
  get place(): AccountPlace {
    return { folder: this.folder, port: this.port };
  }

  /** Lets a stack's runs, and the program in this process, be in this account. */
  attach(stack: Stack): void {
    attach(stack, this.place);
  }

  /** What a command line needs in its environment to be in this account. */
  get environment(): Record<string, string> {
    return environment(this.place, process.env);
  }

  private get bin(): string {
    return binOf(this.folder);
  }

  /** What is in the account, or of one type. */
  things(type?: string): Thing[] {
    return this.account.all(type);
  }

  /** The one thing of a type. @throws Error when there is none, or more */
  only(type: string): Thing {
    const [first, ...others] = this.things(type);
    if (first === undefined || others.length > 0) {
      throw new Error(`the account has ${first === undefined ? 0 : others.length + 1} of ${type}`);
    }
    return first;
  }

  /** Changes a thing behind the engine's back. */
  change(thing: Thing, properties: Record<string, unknown>): void {
    this.account.put({ ...thing, properties: { ...thing.properties, ...properties } });
  }

  /** Takes things away behind the engine's back. */
  forget(things: readonly Thing[]): void {
    things.forEach((thing) => this.account.remove(thing));
  }

  operations(): Operation[] {
    return this.account.operations();
  }

  /** Ends the provider; the account stays. */
  async stop(): Promise<void> {
    const child = this.child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
  }

  /** Ends the provider, and removes the account. */
  async close(): Promise<void> {
    await this.stop();
    const folders = (process.env["PATH"] ?? "").split(path.delimiter);
    process.env["PATH"] = folders.filter((folder) => folder !== this.bin).join(path.delimiter);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
