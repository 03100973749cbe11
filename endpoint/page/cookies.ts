/** Cookies of the page: read from a request, written for an answer. */

/** How the page's cookies are written. */
export interface CookieScope {
  /** Whether the page is served over HTTPS, as it must be anywhere but on a loopback address. */
  secure: boolean;
}

/** Browsers keep at least 4096 bytes of a cookie, its name and attributes included. */
const LARGEST_VALUE = 3600;

/** As many pieces as headers of common proxies hold. */
const MOST_PIECES = 4;

/** The name that browsers bind to this very host, where that can be. */
function fullName(name: string, { secure }: CookieScope): string {
  return secure ? `__Host-${name}` : name;
}

function line(name: string, value: string, seconds: number, scope: CookieScope): string {
  const secure = scope.secure ? "; Secure" : "";
  return `${fullName(name, scope)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}

function valueOf(header: string | undefined, name: string): string | undefined {
  const found = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

const piece = (name: string, index: number): string => (index === 0 ? name : `${name}.${index}`);

/** The value of a cookie, put together from its pieces; nothing when there is none. */
export function readCookie(
  header: string | undefined,
  name: string,
  scope: CookieScope,
): string | undefined {
  const pieces: string[] = [];
  for (let index = 0; index < MOST_PIECES; index++) {
    const value = valueOf(header, fullName(piece(name, index), scope));
    if (value === undefined || value === "") {
      break;
    }
    pieces.push(value);
  }
  return pieces.length === 0 ? undefined : pieces.join("");
}

/**
 * `Set-Cookie` lines for a value, in several cookies where one would be too large. Pieces that an earlier,
 * larger value may have left are cleared.
 *
 * @param seconds how long it is kept; 0 clears it
 * @throws RangeError when the value needs more than four cookies
 */
export function writeCookie(
  name: string,
  value: string,
  seconds: number,
  scope: CookieScope,
): string[] {
  const pieces = value.match(new RegExp(`.{1,${LARGEST_VALUE}}`, "g")) ?? [];
  if (pieces.length > MOST_PIECES) {
    throw new RangeError(`a cookie of ${value.length} bytes is more than browsers keep`);
  }
  return Array.from({ length: MOST_PIECES }, (_, index) => {
    const part = pieces[index];
    return line(piece(name, index), part ?? "", part === undefined ? 0 : seconds, scope);
  });
}

/** The line for a value that always fits one cookie. */
export function writeSmallCookie(
  name: string,
  value: string,
  seconds: number,
  scope: CookieScope,
): string {
  return line(name, value, seconds, scope);
}
