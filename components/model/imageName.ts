/** Names of container images, by the grammar that registries and container runtimes share. */

/** An image without and with what says which version of it. */
export interface ImageName {
  /** Registry and repository: `ghcr.io/lab/notebook`. */
  image: string;
  /** Tag, or digest (`sha256:…`) where the name has one: it decides, whatever the tag is. */
  tag?: string;
}

const LONGEST_NAME = 255;

const DOMAIN_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const DOMAIN = new RegExp(`^${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*(?::\\d{1,5})?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;

/** Whether `text` is a tag. */
export function isImageTag(text: string): boolean {
  return TAG.test(text);
}

/** Whether `text` is a digest: `sha256:` and 64 hexadecimal digits. */
export function isImageDigest(text: string): boolean {
  return DIGEST.test(text);
}

function isRepository(name: string): boolean {
  const [first = "", ...rest] = name.split("/");
  // As container runtimes tell a registry from a folder of the default registry.
  const domain = rest.length > 0 && (/[.:A-Z]/.test(first) || first === "localhost");
  const components = domain ? rest : [first, ...rest];
  return (
    name.length <= LONGEST_NAME &&
    (!domain || DOMAIN.test(first)) &&
    components.every((component) => COMPONENT.test(component))
  );
}

/**
 * Splits `registry:5000/repository:tag@sha256:…`.
 *
 * @returns nothing when `text` is not the name of an image
 */
export function parseImageName(text: string): ImageName | undefined {
  const [tagged = "", digest, ...more] = text.split("@");
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const image = colon === -1 ? tagged : tagged.slice(0, colon);
  const tag = colon === -1 ? undefined : tagged.slice(colon + 1);
  const valid =
    more.length === 0 &&
    isRepository(image) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!valid) {
    return undefined;
  }
  const version = digest ?? tag;
  return version === undefined ? { image } : { image, tag: version };
}
