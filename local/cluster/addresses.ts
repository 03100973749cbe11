/**
 * The addresses of the simulation, all in 198.18.0.0/15, which is set aside for benchmarks (RFC 2544) and
 * belongs to nobody. No packet is ever sent to one of them: see `egress.ts`.
 */

/** Services get their addresses from here; the first one is the API server's. */
export const SERVICE_RANGE = "198.18.0.0/16";
export const API_SERVICE_ADDRESS = "198.18.0.1";
/** Pods get their addresses from here. */
export const POD_RANGE = "198.19.0.0/17";
/** What every simulated node and its pods on the host network report. */
export const NODE_ADDRESS = "198.19.128.1";
/** What the API server announces as its own, instead of this machine's address on its network. */
export const ADVERTISED_ADDRESS = "198.19.128.2";
// LoadBalancer Services and Ingresses get theirs from 198.19.192.0/18: see `local/stages`.
