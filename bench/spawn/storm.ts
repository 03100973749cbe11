/** A spawn storm on one hub: everybody asks for a server at once. */
import type { Hub } from "../../test/hub/hub";
import { until } from "../../test/hub/processes";

const STORM_MS = 180_000;
const LOOK_MS = 100;

/** Adds users to a hub. */
export async function addUsers(hub: Hub, names: readonly string[]): Promise<void> {
  const { status, body } = await hub.api("POST", "/users", { usernames: names });
  if (status !== 201) {
    throw new Error(`POST /users: ${status} ${JSON.stringify(body)}`);
  }
}

/** Waits until that many pods are there, all of them Running. */
async function running(hub: Hub, count: number): Promise<void> {
  await until(
    () => `not ${count} pods Running:\n${hub.tail()}`,
    STORM_MS,
    async () => {
      const pods = await hub.namespace.list("pods");
      const up = pods.filter(({ status }) => status["phase"] === "Running");
      return up.length === count ? true : undefined;
    },
    LOOK_MS,
  );
}

async function start(hub: Hub, name: string, options: object): Promise<void> {
  const { status, body } = await hub.api("POST", `/users/${name}/server`, options);
  if (status !== 202 && status !== 201) {
    throw new Error(`${name}'s server: ${status} ${JSON.stringify(body)}`);
  }
}

/** Stops all servers, and waits until no pod is left and the hub knows. */
async function calm(hub: Hub, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await until(
      () => `${name}'s server does not stop:\n${hub.tail()}`,
      STORM_MS,
      async () => {
        const { status } = await hub.api("DELETE", `/users/${name}/server`);
        return status === 202 || status === 204 ? true : undefined;
      },
    );
  }
  await until("servers are left", STORM_MS, async () => {
    const { body } = await hub.api("GET", "/users?state=active");
    return Array.isArray(body) && body.length === 0 ? true : undefined;
  });
  await until("pods are left", STORM_MS, async () =>
    (await hub.namespace.list("pods")).length === 0 ? true : undefined,
  );
}

/**
 * Has all users start a server, and stops them again.
 *
 * @returns seconds from the first request until every pod is Running
 */
export async function storm(hub: Hub, names: readonly string[], options: object): Promise<number> {
  const from = performance.now();
  const asked = Promise.all(names.map((name) => start(hub, name, options)));
  await Promise.all([asked, running(hub, names.length)]);
  const seconds = (performance.now() - from) / 1000;
  for (const name of names) {
    await hub.ready(name);
  }
  await calm(hub, names);
  return seconds;
}
