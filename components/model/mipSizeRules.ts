/** What is wrong with a platform's sizes, images, intervals and log levels. */
import { parseImageName } from "./imageName";
import type { MipSettings } from "./mipTypes";
import { oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

/** Adds the problems of all that is a size, a number or a word out of a few. */
export function checkMipSizes(settings: MipSettings, problems: Problems): void {
  const { database = {}, storage = {}, images = {} } = settings;
  const sizes = {
    "database.size": database.size,
    "storage.dataSize": storage.dataSize,
    "storage.logsSize": storage.logsSize,
  };
  for (const [path, value] of Object.entries(sizes)) {
    if (value !== undefined && !((parseQuantity(value) ?? 0) > 0)) {
      problems.add({ path, reason: "not a size", value, allowed: "a quantity such as 1Gi" });
    }
  }
  const names = { "images.ui": images.ui, "images.backend": images.backend };
  for (const [path, value] of Object.entries({ ...names, "database.image": database.image })) {
    if (value !== undefined && parseImageName(value)?.tag === undefined) {
      problems.add({
        path,
        reason: "not an image with a tag",
        value,
        allowed: "registry/repository:tag",
      });
    }
  }
  const seconds = settings.algorithmUpdateSeconds;
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds > 0)) {
    problems.add({
      path: "algorithmUpdateSeconds",
      reason: "not a whole number of seconds",
      value: seconds,
      allowed: "1 and more",
    });
  }
  for (const key of ["logLevel", "frameworkLogLevel"] as const) {
    const value = settings[key];
    if (value !== undefined && !LOG_LEVELS.includes(value)) {
      problems.add({
        path: key,
        reason: "no such log level",
        value,
        allowed: oneOf(LOG_LEVELS),
      });
    }
  }
}
