/**
 * The `random` provider of the stand as a program: `node --import tsx local/random/server.ts`.
 *
 * The first line on standard output is the port (on loopback); `PULUMI_DEBUG_PROVIDERS=random:<port>`
 * attaches an engine to it. It serves one engine after another until it gets a signal, and needs neither
 * standard input nor a reader of its output. It keeps no state: all there is lies in the stacks.
 */
import { main } from "@pulumi/pulumi/provider";
import { randomProvider } from "./provider";
import { acceptReadsWithoutProperties } from "./readRequests";

// Whoever started the server may go away after reading the port: writing to the closed pipe then fails,
// which must not be reported to that same pipe.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

acceptReadsWithoutProperties();
// `main` takes an engine's address as an argument. There is none here: each engine attaches by itself.
void main(randomProvider, []);
