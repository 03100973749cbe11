/**
 * The webhook's answers. As cert-manager's it writes the requester's identity into CertificateRequests, and
 * refuses those without a request or with somebody else's identity. All else is allowed.
 */

/** The part of an AdmissionReview's request that is looked at. */
export interface AdmissionRequest {
  uid: string;
  operation: string;
  resource: { group: string; resource: string };
  userInfo: {
    username?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
  };
  object: { spec?: { request?: string; username?: string } } | null;
}

/** What the API server is told. */
export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  status?: { code: number; message: string };
  patchType?: "JSONPatch";
  patch?: string;
}

const FORBIDDEN = 403;

function isNewRequest({ operation, resource }: AdmissionRequest): boolean {
  return (
    operation === "CREATE" &&
    resource.group === "cert-manager.io" &&
    resource.resource === "certificaterequests"
  );
}

/** Adds who asks. */
export function mutate(request: AdmissionRequest): AdmissionResponse {
  const { uid, userInfo, object } = request;
  if (!isNewRequest(request) || object?.spec === undefined) {
    return { uid, allowed: true };
  }
  const { username = "", groups = [], extra = {} } = userInfo;
  const identity = { username, uid: userInfo.uid ?? "", groups, extra };
  const patch = Object.entries(identity).map(([key, value]) => ({
    op: "add",
    path: `/spec/${key}`,
    value,
  }));
  return {
    uid,
    allowed: true,
    patchType: "JSONPatch",
    patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
  };
}

function faultOf({ userInfo, object }: AdmissionRequest): string | undefined {
  const { request = "", username = "" } = object?.spec ?? {};
  if (!Buffer.from(request, "base64").toString().includes("-----BEGIN CERTIFICATE REQUEST-----")) {
    return "spec.request: Invalid value: it is not a certificate request in PEM form";
  }
  return username === (userInfo.username ?? "")
    ? undefined
    : "spec.username: Forbidden: username identity must be that of the requester";
}

/** Refuses CertificateRequests that are not sound. */
export function validate(request: AdmissionRequest): AdmissionResponse {
  const message = isNewRequest(request) ? faultOf(request) : undefined;
  return message === undefined
    ? { uid: request.uid, allowed: true }
    : { uid: request.uid, allowed: false, status: { code: FORBIDDEN, message } };
}
