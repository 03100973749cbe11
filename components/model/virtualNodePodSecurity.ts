/** Where a virtual kubelet's pod departs from Pod Security's `restricted`. */
import { VirtualNodeForm } from "./virtualNodeTypes";

/** One rule that is not kept. */
export interface PodSecurityException {
  rule: string;
  why: string;
  /** What keeps the harm small. */
  control: string;
}

const CHART_CONTROL =
  "The pod needs nothing of its node: form objects runs the same image within all rules.";
const CHART_WHY = "The chart sets no security context, and has no value for one.";

/** The exceptions of each form; our own pods have none. */
export const VIRTUAL_NODE_POD_SECURITY: Record<VirtualNodeForm, PodSecurityException[]> = {
  [VirtualNodeForm.Objects]: [],
  [VirtualNodeForm.Seed]: [],
  [VirtualNodeForm.Chart]: [
    "allowPrivilegeEscalation != false",
    "unrestricted capabilities",
    "runAsNonRoot != true",
    "seccompProfile",
  ].map((rule) => ({ rule, why: CHART_WHY, control: CHART_CONTROL })),
};
