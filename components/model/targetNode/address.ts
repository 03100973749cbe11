/** Names and addresses of a host. */
import { isDnsSubdomain } from "../names";

const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Whether a text is an IPv4 address in four numbers. */
export function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

/** Whether a text is an IP address, without port and brackets. */
export function isIp(text: string): boolean {
  return isIpv4(text) || (text.includes(":") && URL.canParse(`https://[${text}]/`));
}

/** Whether a text is an IP address or a DNS name. */
export function isHostAddress(text: string): boolean {
  return isIp(text) || (isDnsSubdomain(text) && !/^[\d.]+$/.test(text));
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function urlHost(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
