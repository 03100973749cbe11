/**
 * The part of the Reflect metadata proposal that `@peculiar/x509` needs before it can be loaded (it
 * registers its signers in a container that notes constructor parameters this way).
 */
type Entries = Map<PropertyKey | undefined, Map<unknown, unknown>>;

interface MetadataReflect {
  getMetadata?(key: unknown, target: object, property?: PropertyKey): unknown;
  getOwnMetadata?(key: unknown, target: object, property?: PropertyKey): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object, property?: PropertyKey): void;
}

/** Adds the three functions to `Reflect`, unless something has done so before. */
export function provideReflectMetadata(): void {
  const reflect = Reflect as typeof Reflect & MetadataReflect;
  if (reflect.getMetadata !== undefined) {
    return;
  }
  const store = new WeakMap<object, Entries>();
  const own = (key: unknown, target: object, property?: PropertyKey): unknown =>
    store.get(target)?.get(property)?.get(key);
  reflect.getOwnMetadata = own;
  reflect.getMetadata = (key, target, property) => {
    for (let at: object | null = target; at !== null; at = Reflect.getPrototypeOf(at)) {
      const value = own(key, at, property);
      if (value !== undefined) {
        return value;
      }
    }
    return undefined;
  };
  reflect.defineMetadata = (key, value, target, property) => {
    const entries = store.get(target) ?? (new Map() as Entries);
    const values = entries.get(property) ?? new Map<unknown, unknown>();
    store.set(target, entries.set(property, values.set(key, value)));
  };
}
