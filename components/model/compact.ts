/** The object without keys that are undefined: in Kubernetes an absent key and a null one differ. */
export function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
