/** Which GPU classes a selector means. */
import type { GpuClass, GpuSelector } from "./gpuTypes";
import { nearest, oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

type SelectorKey = keyof GpuSelector;

/** `8G`, `8Gi`, `8 GB` and `8GiB` as one number: people mean the same card by all of them. */
function looseBytes(text: string): number | undefined {
  return parseQuantity(
    text
      .replace(/\s+/g, "")
      .replace(/i?[bB]$/, "")
      .replace(/i$/, ""),
  );
}

/** Whether two amounts are the same: exactly (`40960Mi`, `40Gi`) or but for the `i` (`8G`, `8Gi`). */
function sameMemory(a: string, b: string): boolean {
  const [exact, loose] = [parseQuantity(a), looseBytes(a)];
  return (
    (exact !== undefined && exact === parseQuantity(b)) ||
    (loose !== undefined && loose === looseBytes(b))
  );
}

function valueOf(key: SelectorKey, name: string, gpu: GpuClass): string {
  return key === "class" ? name : gpu[key];
}

function agrees(key: SelectorKey, wanted: string, name: string, gpu: GpuClass): boolean {
  const has = valueOf(key, name, gpu);
  switch (key) {
    case "type":
      return has.toLowerCase() === wanted.toLowerCase();
    case "vram":
      return sameMemory(has, wanted);
    case "class":
    case "product":
      return has === wanted;
  }
}

/** A class as messages show it: `a100 (type A100, vram 40G, product NVIDIA-A100-SXM4-40GB)`. */
export function describeClass(name: string, gpu: GpuClass): string {
  return `${name} (type ${gpu.type}, vram ${gpu.vram}, product ${gpu.product})`;
}

/** The keys that a selector sets; those set to undefined are as good as absent. */
export function selectorEntries(selector: GpuSelector | undefined): [SelectorKey, string][] {
  return (["class", "type", "vram", "product"] as const).flatMap((key) => {
    const value = selector?.[key];
    return value === undefined ? [] : [[key, value] as [SelectorKey, string]];
  });
}

/** Names of the classes that a selector matches, sorted; a problem when there is none. */
export function matchClasses(
  selector: GpuSelector,
  gpus: Record<string, GpuClass>,
  problems: Problems,
  path: string,
): string[] {
  const wanted = selectorEntries(selector);
  const classes = Object.entries(gpus);
  const found = classes.filter(([name, gpu]) =>
    wanted.every(([key, value]) => agrees(key, value, name, gpu)),
  );
  if (found.length > 0) {
    return found.map(([name]) => name).sort();
  }
  const guesses = wanted.flatMap(([key, value]) => {
    if (classes.some(([name, gpu]) => agrees(key, value, name, gpu))) {
      return [];
    }
    const near = nearest(
      value,
      classes.map(([name, gpu]) => valueOf(key, name, gpu)),
    );
    return near === undefined ? [] : [`${key} ${near}`];
  });
  problems.add({
    path,
    reason: "no GPU class matches",
    value: selector,
    allowed: oneOf(classes.map(([name, gpu]) => describeClass(name, gpu))),
    remedy:
      guesses.length > 0
        ? `Did you mean ${guesses.join(" and ")}?`
        : "Ask for one of these, or declare the class in gpus and who offers it in nodes.",
  });
  return [];
}
