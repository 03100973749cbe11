/** Why a virtual node is not Ready, from what the cluster shows, and what to do about it. */

/** A condition of a node. */
interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** A live node as it matters here. */
export interface LiveNode {
  status?: { conditions?: Condition[] };
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: {
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; exitCode?: number };
  };
}

/** A live pod of the kubelet as it matters here. */
export interface LivePod {
  status?: {
    conditions?: Condition[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

/** What messages name. */
export interface WaitFacts {
  nodeName: string;
  namespace: string;
  /** Name of the kubelet's Deployment. */
  deployment: string;
  containers: { kubelet: string; refresher: string };
  /** Command that finds out, on the remote host, what is wrong there. */
  targetCheck: string;
}

/** Why, and what to do: a clause, and a sentence. */
export interface WaitCause {
  cause: string;
  remedy: string;
}

/** The condition in which interLink's kubelet says how its last ping went. */
const CONNECTIVITY = "InterlinkConnectivity";
const PING_FAILED = "InterlinkPingFailed";

function conditionOf(node: LiveNode, type: string): Condition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the node takes pods. */
export function isReady(node: LiveNode | undefined): boolean {
  return node !== undefined && conditionOf(node, "Ready")?.status === "True";
}

/** What a failed ping says went wrong, most telling first. */
const PING_CAUSES: { pattern: RegExp; cause: string; remedy: string }[] = [
  {
    pattern: /token.*no such file|no such file.*token|invalid authorization header|Bearer\W*$/i,
    cause: "there is no token",
    remedy: "Look at the refresher: is the client known to the issuer, the refresh token valid?",
  },
  {
    pattern: /x509|certificate|tls:|server gave HTTP response to HTTPS/i,
    cause: "TLS: the remote host's certificate was not accepted",
    remedy: "Give the authority that signed it as caCertificate, and check the host's name in it.",
  },
  {
    pattern: /\b40[13]\b|unauthori[sz]ed|forbidden|permission denied|sign in|log in/i,
    cause: "the remote host refused the token (401 or 403)",
    remedy: "Compare issuer, audience and groups with those of its oauth2-proxy.",
  },
  {
    pattern:
      /no such host|refused|timeout|timed out|deadline exceeded|unreachable|no route|reset by peer|EOF/i,
    cause: "the remote host did not answer the ping",
    remedy: "Check its address and port, its firewall, and that its services run.",
  },
];

function pingCause(message: string, { targetCheck }: WaitFacts): WaitCause {
  const found = PING_CAUSES.find(({ pattern }) => pattern.test(message));
  const { cause, remedy } = found ?? {
    cause: "the remote host answered the ping with an error",
    remedy: "Its interLink API, or the plugin behind it, is not up.",
  };
  return {
    cause: `${cause}: "${message}"`,
    remedy: `${remedy} On the remote host run \`${targetCheck}\`.`,
  };
}

/** What keeps the kubelet's own pod from running. */
function podCause(pods: readonly LivePod[], facts: WaitFacts): WaitCause | undefined {
  const { namespace, deployment, containers } = facts;
  const logs = (name: string): string =>
    `Look at \`kubectl --namespace ${namespace} logs deployment/${deployment} --container ${name}\`.`;
  const describe = `Look at \`kubectl --namespace ${namespace} describe deployment/${deployment}\`.`;
  if (pods.length === 0) {
    return { cause: "the virtual kubelet has no pod", remedy: describe };
  }
  for (const { status } of pods) {
    const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
    if (scheduled?.status === "False") {
      return {
        cause: `the virtual kubelet's pod finds no node: ${scheduled.message ?? "unschedulable"}`,
        remedy: `${describe} On a cluster of one node, name it in untaintSingleNode.`,
      };
    }
    const statuses = [
      ...(status?.initContainerStatuses ?? []),
      ...(status?.containerStatuses ?? []),
    ];
    for (const { name, ready, state } of statuses) {
      const reason = state?.waiting?.reason ?? state?.terminated?.reason;
      if (ready !== true && reason !== undefined && reason !== "Completed") {
        const why = `container ${name} is in ${reason}`;
        return name === containers.refresher
          ? { cause: `there is no token: ${why}`, remedy: logs(name) }
          : { cause: `the virtual kubelet does not run: ${why}`, remedy: logs(name) };
      }
    }
  }
  return undefined;
}

/**
 * Why a node is not Ready.
 *
 * @param node nothing when there is no such node
 * @param pods of the kubelet
 */
export function whyNotReady(
  node: LiveNode | undefined,
  pods: readonly LivePod[],
  facts: WaitFacts,
): WaitCause {
  const { nodeName, namespace, deployment, containers, targetCheck } = facts;
  const logs = `Look at \`kubectl --namespace ${namespace} logs deployment/${deployment} --container ${containers.kubelet}\`.`;
  const pod = podCause(pods, facts);
  if (node === undefined) {
    return pod ?? { cause: "the virtual kubelet has not registered its node", remedy: logs };
  }
  const ping = conditionOf(node, CONNECTIVITY);
  const ready = conditionOf(node, "Ready");
  // A refresher that does not run is why the ping is refused; what else the pod lacks is why none is made.
  if (pod !== undefined && (ping === undefined || pod.cause.startsWith("there is no token"))) {
    return pod;
  }
  if (ready?.status === "Unknown") {
    return {
      cause: `the virtual kubelet has stopped reporting${ready.message === undefined ? "" : `: ${ready.message}`}`,
      remedy: logs,
    };
  }
  if (ping?.reason === PING_FAILED || ping?.status === "False") {
    return pingCause(ping.message ?? "", facts);
  }
  return {
    cause: `node ${nodeName} is registered, but the virtual kubelet has not reached the remote host yet${ready?.message === undefined ? "" : ` ("${ready.message}")`}`,
    remedy: `${logs} On the remote host run \`${targetCheck}\`.`,
  };
}
