/**
 * What components tell. The SDK's log is one queue of the whole process: a line about a resource that is not there
 * yet holds all that come after it, and where the engine stops before, those of every later run, which then never ends.
 * So a line waits for its resource here, and goes into the queue when it can go out.
 */
import * as pulumi from "@pulumi/pulumi";

/** A warning about a resource, told once it is registered. */
export function warn(resource: pulumi.Resource, text: string): void {
  resource.urn.apply(() => void pulumi.log.warn(text, resource));
}

/** Likewise, without alarm. */
export function info(resource: pulumi.Resource, text: string): void {
  resource.urn.apply(() => void pulumi.log.info(text, resource));
}
