/** A pod's page, its log as text, and deleting it. */
import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { HttpFault, type Tenant } from "../../seams";
import type { LogOptions, Service } from "../../service";
import { isLive, tenantOn, type PageContext } from "../context";
import { confirm } from "../views/confirm";
import { deploymentPath } from "../views/frame";
import { pod as podView, type PodView } from "../views/pod";

interface PodParams {
  id: string;
  pod: string;
}

type LogQuery = Partial<Record<keyof LogOptions, string>>;

/** What of a log is on the page before the script follows it, in lines and bytes. */
const LINES_ON_PAGE = 200;
const BYTES_ON_PAGE = 256 * 1024;

/** How long a page waits for a log, in milliseconds. */
const LOG_PATIENCE = 3000;

/** A number of the query; what is none is as good as nothing. */
function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function choiceOf(query: LogQuery): LogOptions {
  const container = query.container === "" ? undefined : query.container;
  return {
    ...(container === undefined ? {} : { container }),
    sinceSeconds: whole(query.sinceSeconds),
    tailLines: whole(query.tailLines),
    previous: query.previous === "true",
    timestamps: query.timestamps === "true",
    follow: query.follow === "true",
  };
}

async function textOf(log: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of log) {
    const bytes = Buffer.from(piece as Buffer | string);
    pieces.push(bytes);
    size += bytes.length;
    if (size > BYTES_ON_PAGE) {
      break;
    }
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The end of a log, or why there is none. */
async function readLog(
  service: Service,
  tenant: Tenant,
  { id, pod }: PodParams,
  choice: LogOptions,
): Promise<PodView["log"]> {
  try {
    const signal = AbortSignal.timeout(LOG_PATIENCE);
    const options = { ...choice, tailLines: LINES_ON_PAGE, follow: false };
    return { text: await textOf(await service.logs(tenant, id, pod, options, signal)) };
  } catch (error) {
    const problem =
      error instanceof HttpFault
        ? error.errors.map(({ message }) => message).join(" ")
        : "The log cannot be read just now.";
    return { problem };
  }
}

/** `/deployments/<id>/pods/<pod>`, its `/log` and its `/delete`. */
export function podPages(app: FastifyInstance, context: PageContext): void {
  const { service, limits } = context.options;
  const open = new Set<AbortController>();
  // A log that is followed has no end of its own: closing would wait for it.
  app.addHook("preClose", (done) => {
    open.forEach((controller) => controller.abort());
    done();
  });

  app.get<{ Params: PodParams; Querystring: LogQuery }>(
    "/deployments/:id/pods/:pod",
    async (request, reply) => {
      const tenant = tenantOn(request);
      const { params } = request;
      const [{ title }, status] = await Promise.all([
        service.item(tenant, params.id),
        service.get(tenant, params.id),
      ]);
      const pod = status.pods.find(({ name }) => name === params.pod);
      if (pod === undefined) {
        throw new HttpFault(404, [
          { message: "This pod is gone. The deployment's page shows those that are there now." },
        ]);
      }
      const chosen = choiceOf(request.query);
      const container = chosen.container ?? pod.containers[0]?.name;
      const choice = { ...chosen, follow: false, tailLines: undefined, container };
      const [events, log] = await Promise.all([
        service.events(tenant, params.id, params.pod),
        isLive(request) ? { text: "" } : readLog(service, tenant, params, choice),
      ]);
      return context.send(
        request,
        reply,
        podView({ id: params.id, title, pod, events, choice, log }),
      );
    },
  );

  app.get<{ Params: PodParams; Querystring: LogQuery }>(
    "/deployments/:id/pods/:pod/log",
    async (request, reply) => {
      const tenant = tenantOn(request);
      const { id, pod } = request.params;
      const end = limits.followed(tenant);
      const gone = new AbortController();
      open.add(gone);
      reply.raw.once("close", () => {
        gone.abort();
        open.delete(gone);
        end();
      });
      const log = await service.logs(tenant, id, pod, choiceOf(request.query), gone.signal);
      // It may last for days: its count among streams is enough.
      request.leave?.();
      return reply.type("text/plain; charset=utf-8").send(log);
    },
  );

  app.get<{ Params: PodParams }>("/deployments/:id/pods/:pod/delete", async (request, reply) => {
    const { id, pod } = request.params;
    await service.events(tenantOn(request), id, pod);
    const view = confirm(
      {
        title: `Delete pod ${pod}?`,
        points: [
          "The pod is ended, with whatever it is doing, and another takes its place. What is not on a volume is lost.",
        ],
        action: deploymentPath(id, "pods", pod, "delete"),
        button: "Delete pod",
        danger: true,
        back: { path: deploymentPath(id, "pods", pod), text: pod },
      },
      context.frame(request),
    );
    return context.send(request, reply, view);
  });

  app.post<{ Params: PodParams }>("/deployments/:id/pods/:pod/delete", async (request, reply) => {
    const { id, pod } = request.params;
    await service.deletePod(tenantOn(request), id, pod);
    return context.goOn(reply, deploymentPath(id), `Pod ${pod} is being replaced.`);
  });
}
