/**
 * The simulated `aws` provider as a program: `node --import tsx test/support/aws/server.ts <folder of the account>`.
 * The first line on standard output is the port (on loopback); `PULUMI_DEBUG_PROVIDERS=aws:<port>` attaches an engine.
 */
import { main } from "@pulumi/pulumi/provider";
import { acceptReadsWithoutProperties } from "../../../local/random/readRequests";
import { Account } from "./account";
import { passPreviewsOn } from "./protocol";
import { SimulatedAws } from "./provider";

const folder = process.argv[2];
if (folder === undefined) {
  throw new Error("server.ts takes the folder of the account");
}
// Whoever started the server may go away after reading the port.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

acceptReadsWithoutProperties();
passPreviewsOn();
void main(new SimulatedAws(new Account(folder)), []);
