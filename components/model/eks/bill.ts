/** What of a cluster AWS bills, for the question before the first `up`. */
import { nodeGroupPlan } from "./nodeGroups";
import { networkPlan } from "./network";
import { CapacityType, eksClusterName, NatMode, type EksSettings } from "./settings";

/**
 * One line for each thing that costs money while it is there, whether it is used or not. Prices differ by region and
 * change, so only that of the control plane is said, which is the same everywhere.
 *
 * @param isNewVpc whether a VPC is made
 */
export function billedLines(name: string, settings: EksSettings, isNewVpc: boolean): string[] {
  const price = settings.extendedSupport === true ? " (0.60 in extended support)" : "";
  const { zones, nat } = networkPlan(settings.region, isNewVpc ? settings.network : {});
  const gateways = nat === NatMode.Single ? 1 : zones.length;
  const groups = Object.entries(settings.nodeGroups).map(([group, one]) => {
    const plan = nodeGroupPlan(one, settings.gpus);
    const sizes = `${plan.minSize} to ${plan.maxSize}, ${plan.desiredSize} at first`;
    const spot = plan.capacityType === CapacityType.Spot ? ", Spot" : "";
    return (
      `node group ${group}: ${plan.instanceTypes.join(" or ")}${spot}, ${sizes}, ` +
      `each with ${plan.diskSize} GiB of disk`
    );
  });
  return [
    `control plane of ${eksClusterName(name, settings)} in ${settings.region}: 0.10 US dollars an hour${price}`,
    ...groups,
    ...(isNewVpc
      ? [`NAT gateways: ${gateways}, with as many public addresses, and what goes through them`]
      : []),
    "a KMS key, the logs of the control plane, volumes of claims, and load balancers of Services",
    ...(settings.registry === undefined ? [] : ["image repository: what it holds"]),
    ...(settings.bucket === undefined
      ? []
      : [
          settings.bucket.deleteOnDestroy === true
            ? "bucket: what it holds"
            : "bucket: what it holds, also after a destroy, which keeps it",
        ]),
  ];
}
