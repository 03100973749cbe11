/** The program: loads the stack's config, runs the layers that it names and returns their outputs. */
import { runStack } from "./stacks/run";

export = (): Promise<Record<string, unknown>> => runStack(__dirname);
