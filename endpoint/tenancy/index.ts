/** Who may do what: the endpoint's side of identity, namespaces, host names, limits and capacity. */
export { createAuthenticator } from "./authenticator";
export { createCapacity } from "./capacity";
export { createHostnames } from "./hostnames";
export { createRateLimits, type RateLimits } from "./rateLimits";
export { createRecordSource } from "./recordSource";
export { createTenantNamespaces } from "./tenantNamespaces";
