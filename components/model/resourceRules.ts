/** Rules of a workspace's resources: memory, CPU and GPUs. */
import type { Problems } from "./problems";
import { parseQuantity } from "./quantity";
import type { TypedKeys } from "./workspaceSchema";

const MEBIBYTE = 2 ** 20;

/** The least and the most that a quantity can sensibly be, with what to write. */
interface QuantityRule {
  least: number;
  most: number;
  allowed: string;
}

const MEMORY: QuantityRule = {
  least: MEBIBYTE,
  most: Infinity,
  allowed: "1Mi or more: a number with Ki, Mi, Gi, Ti or k, M, G, T, such as 4Gi",
};
const CPU: QuantityRule = {
  least: 0.001,
  most: 100_000,
  allowed: "1m or more: a number of cores, such as 2 or 0.5, or of thousandths, such as 500m",
};

const GPU_MEMORY = /^\d+(\.\d+)?\s?(([KMGT]i?)B?)$/;

/** Adds a problem where `value` is no quantity, or is none that can be meant. */
export function checkQuantity(
  path: string,
  value: string,
  problems: Problems,
  rule: QuantityRule = MEMORY,
): void {
  const amount = parseQuantity(value);
  if (amount === undefined) {
    const guess = value
      .replace(/\s+/g, "")
      .replace(/b$/i, "")
      .replace(/g(?=i?$)/, "G");
    const close = guess !== value && parseQuantity(guess) !== undefined;
    const remedy = close
      ? `Write it as ${guess}.`
      : "Write a number and, where it has one, its unit.";
    problems.add({ path, reason: "not a quantity", value, allowed: rule.allowed, remedy });
  } else if (amount < rule.least || amount > rule.most) {
    const reason = amount < rule.least ? "too little" : "more than any machine has";
    const remedy = "Is the unit right?";
    problems.add({ path, reason, value, allowed: rule.allowed, remedy });
  }
}

function checkLimit(
  request: string | undefined,
  limit: string | undefined,
  path: string,
  problems: Problems,
): void {
  const [least, most] = [parseQuantity(request ?? ""), parseQuantity(limit ?? "")];
  if (least !== undefined && most !== undefined && most < least) {
    problems.add({
      path,
      reason: "less than the request",
      value: limit,
      allowed: `${request} or more`,
      remedy: "Raise the limit, or lower the request.",
    });
  }
}

/** Adds the problems of memory and CPU. */
export function checkResources(json: TypedKeys, problems: Problems): void {
  for (const [path, rule] of [
    ["memory_request", MEMORY],
    ["memory_limit", MEMORY],
    ["cpu_request", CPU],
    ["cpu_limit", CPU],
  ] as const) {
    const value = json[path];
    if (value !== undefined) {
      checkQuantity(path, value, problems, rule);
    }
  }
  checkLimit(json.memory_request, json.memory_limit, "memory_limit", problems);
  checkLimit(json.cpu_request, json.cpu_limit, "cpu_limit", problems);
}

/**
 * Adds the problems of the GPUs that can be seen without knowing the cluster.
 *
 * @param given the keys that the JSON has, of whatever type
 */
export function checkGpu(json: TypedKeys, given: ReadonlySet<string>, problems: Problems): void {
  const { gpu_request: count, gpu_selector: selector } = json;
  if (count !== undefined && count < 0) {
    problems.add({
      path: "gpu_request",
      reason: "not a number of GPUs",
      value: count,
      allowed: "0 or more",
      remedy: "Correct it.",
    });
  }
  if (selector === undefined) {
    return;
  }
  if (count === 0 || !given.has("gpu_request")) {
    problems.add({
      path: "gpu_selector",
      reason: "selects among GPUs, but gpu_request asks for none",
      value: selector,
      remedy: "Add gpu_request, or remove gpu_selector.",
    });
  }
  const words = Object.entries(selector);
  if (words.length === 0) {
    problems.add({
      path: "gpu_selector",
      reason: "selects nothing",
      value: selector,
      allowed: "type, vram, product or class",
      remedy: "Add one, or remove gpu_selector.",
    });
  }
  for (const [key, value] of words) {
    if (value.trim() === "" || (key === "vram" && !GPU_MEMORY.test(value))) {
      problems.add({
        path: `gpu_selector.${key}`,
        reason: key === "vram" ? "not an amount of memory" : "empty",
        value,
        allowed:
          key === "vram" ? "a number with G or Gi, such as 8G" : "a word of the stack's gpus",
        remedy: "Correct it.",
      });
    }
  }
}
