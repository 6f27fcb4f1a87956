import { domainToASCII } from "node:url";
import { VisibleError } from "../error.ts";

/** RFC 5321, 4.5.3.1. Characters. */
const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;

/** No spaces, controls, quotes or anything that means something in a mail header. */
const LOCAL = /^[^\s\p{C}"(),:;<>@[\]\\]+$/u;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** The spelling under which an address is unique: composed Unicode, lower case, no outer spaces. */
export function normaliseEmail(email: string): string {
  return email.normalize("NFKC").trim().toLowerCase();
}

/**
 * @returns the normal spelling of an address that a mail can be sent to, as far as one can see
 * @throws VisibleError email.invalid
 */
export function parseEmail(email: string, field = "email"): string {
  const address = normaliseEmail(email);
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const isAddress =
    address.length <= MAX_LENGTH &&
    local.length <= MAX_LOCAL_LENGTH &&
    LOCAL.test(local) &&
    DOMAIN.test(domainToASCII(domain));
  if (!isAddress) throw new VisibleError("email.invalid", undefined, { field });
  return address;
}
