/** Lets the mocks answer as a cluster and its engine would where the SDK's own do not: reads and hooks. */
import * as pulumi from "@pulumi/pulumi";
import "./mocks";

/** The parts of the SDK's mock monitor that are filled in. */
interface MockMonitor {
  mocks: pulumi.runtime.Mocks;
  registerResourceHook?: (
    request: unknown,
    callback: (error: null, response: object) => void,
  ) => void;
}

const answering = new WeakSet<pulumi.runtime.Mocks>();

function monitor(): MockMonitor {
  return pulumi.runtime.getMonitor() as unknown as MockMonitor;
}

/** Every object read exists, with its id as its name and `<id>-uid` as its uid. Call it in `before`. */
export function answerReads(): void {
  const { mocks } = monitor();
  if (answering.has(mocks)) {
    return;
  }
  answering.add(mocks);
  const register = mocks.newResource.bind(mocks);
  mocks.newResource = (args) => {
    // A registration has no id, unless it imports.
    const { id, inputs } = args;
    if (id === undefined || id === "") {
      return register(args);
    }
    const metadata = { name: id, uid: `${id}-uid` };
    return { id, state: { ...(inputs as Record<string, unknown>), metadata, spec: {} } };
  };
}

/** Hooks may be registered; none is run. Call it in `before`. */
export function acceptHooks(): void {
  // On the class, since the monitor is made anew for previews.
  const shared = Object.getPrototypeOf(monitor()) as MockMonitor;
  shared.registerResourceHook ??= (_, callback) => callback(null, {});
}
