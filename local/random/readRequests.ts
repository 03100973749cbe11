/**
 * The Node provider server (`@pulumi/pulumi` 3.248.0) expects properties in every read, while an engine
 * sends none for an import, which then fails with a TypeError. So an import gets empty properties here.
 */
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

/** Field 3 of a read request, `properties`, with an empty message; a later occurrence takes its place. */
const EMPTY_PROPERTIES = Buffer.of((3 << 3) | 2, 0);

/** To be called before the provider server starts. */
export function acceptReadsWithoutProperties(): void {
  const { read } = ResourceProviderService;
  const parse = read.requestDeserialize;
  read.requestDeserialize = (bytes) => parse(Buffer.concat([EMPTY_PROPERTIES, bytes]));
}
