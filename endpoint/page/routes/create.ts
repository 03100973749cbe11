/** Making and changing deployments: the short form, the document, and what sends it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HttpFault } from "../../seams";
import type { ServiceItem } from "../../service";
import { sentBy, tenantOn, type PageContext } from "../context";
import { EMPTY_FORM, readShortForm, recordOf, sentRecord } from "../shortForm";
import { documentForm, type DocumentFields, type DocumentFormView } from "../views/documentForm";
import { deploymentPath } from "../views/frame";
import { newForm } from "../views/newForm";
import type { DeploymentParams } from "./look";

/** What a document that is written by hand begins with. */
const STARTER = `containers:
  - name: main
    image: docker.io/library/nginx:1.29
    ports:
      - name: web
        port: 80
    cpu: 1
    memory: 1
`;

/** Refusals that are about what was typed, and are shown beside it. */
const ABOUT_INPUT = new Set([400, 409, 413, 422]);

function readFields(sent: URLSearchParams, id?: string): DocumentFields {
  const text = (name: string): string => (sent.get(name) ?? "").trim();
  return {
    id: id ?? text("id"),
    title: text("title"),
    // Browsers send every end of a line as two signs.
    data: (sent.get("data") ?? "").replace(/\r\n/g, "\n"),
    exposed_service: text("exposed_service"),
    exposed_port: text("exposed_port"),
    exposed_hostname: text("exposed_hostname"),
  };
}

function fieldsOf(item: ServiceItem): DocumentFields {
  const { id, title, data, exposed_service = "", exposed_port, exposed_hostname = "" } = item;
  const port = exposed_port === undefined ? "" : String(exposed_port);
  return { id, title, data, exposed_service, exposed_port: port, exposed_hostname };
}

/** `/new`, `/deployments` and `/deployments/<id>/edit` and `/deploy`. */
export function createRoutes(app: FastifyInstance, context: PageContext): void {
  const { service, settings } = context.options;

  function sendDocument(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Omit<DocumentFormView, "domain">,
    status?: number,
  ): Promise<FastifyReply> {
    const domain = settings.exposure?.domain;
    return context.send(
      request,
      reply,
      documentForm({ ...view, domain }, context.frame(request)),
      status,
    );
  }

  async function sendForm(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Pick<Parameters<typeof newForm>[0], "form" | "problems">,
    status?: number,
  ): Promise<FastifyReply> {
    const capacity = await service.capacity(tenantOn(request)).catch(() => []);
    return context.send(
      request,
      reply,
      newForm({ ...view, capacity, settings }, context.frame(request)),
      status,
    );
  }

  /** Deploys what was typed, or shows it again with what is wrong. */
  async function deploy(
    request: FastifyRequest,
    reply: FastifyReply,
    fields: DocumentFields,
    exists: boolean,
  ): Promise<FastifyReply> {
    const tenant = tenantOn(request);
    try {
      const answer = await service.put(tenant, fields.id, sentRecord(fields));
      await context.seen(tenant, fields.id, answer);
      const text = exists ? "The change is being made." : "It is being started.";
      return await context.goOn(reply, deploymentPath(fields.id), text, answer.warnings);
    } catch (error) {
      if (error instanceof HttpFault && ABOUT_INPUT.has(error.status)) {
        return sendDocument(request, reply, { fields, exists, faults: error.errors }, error.status);
      }
      throw error;
    }
  }

  app.get("/new", (request, reply) => sendForm(request, reply, { form: EMPTY_FORM, problems: [] }));

  app.get("/new/document", (request, reply) => {
    const fields = { ...readFields(new URLSearchParams()), data: STARTER };
    return sendDocument(request, reply, { fields, exists: false, faults: [] });
  });

  app.post("/new/document", (request, reply) => {
    const form = readShortForm(sentBy(request));
    const record = recordOf(form);
    return record.problems === undefined
      ? sendDocument(request, reply, { fields: record.fields, exists: false, faults: [] })
      : sendForm(request, reply, { form, problems: record.problems }, 400);
  });

  app.post("/deployments", async (request, reply) => {
    const fields = readFields(sentBy(request));
    const all = await service.list(tenantOn(request));
    const taken = all.some(({ id }) => id === fields.id);
    if (taken || fields.id === "") {
      const message = taken ? "You have a deployment of this id. Choose another." : "Choose an id.";
      const faults = [{ path: "id", message }];
      return sendDocument(request, reply, { fields, exists: false, faults }, taken ? 409 : 400);
    }
    return deploy(request, reply, fields, false);
  });

  app.get<{ Params: DeploymentParams }>("/deployments/:id/edit", async (request, reply) => {
    const item = await service.item(tenantOn(request), request.params.id);
    return sendDocument(request, reply, { fields: fieldsOf(item), exists: true, faults: [] });
  });

  app.post<{ Params: DeploymentParams }>("/deployments/:id/deploy", async (request, reply) => {
    const { id } = request.params;
    const sent = sentBy(request);
    const item = await service.item(tenantOn(request), id);
    // The button of a record that is not deployed sends no document: the kept one is meant.
    const fields = sent.has("data") ? readFields(sent, id) : fieldsOf(item);
    return deploy(request, reply, fields, true);
  });
}
