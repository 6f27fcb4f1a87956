import { config } from "../config.ts";
import passwords from "./common-passwords.json" with { type: "json" };
import { normaliseEmail } from "./email.ts";

/**
 * The commonest passwords of 12 characters and more, in lower case: shorter ones are refused anyway.
 * OWASP ASVS 5.0.0, 6.2.4 asks for the first 3,000. They are all such of the first 100,000 of
 * https://github.com/ignis-sec/Pwdb-Public (1,000 million leaked log-ins, 2020), then 3,000 of the
 * first million of https://github.com/danielmiessler/SecLists (10 million, 2015); both MIT.
 */
const COMMON = new Set(passwords);

/** A run of one to four characters repeated, as in aaaaaaaaaaaa or 123412341234. */
const REPEATED = /^(.{1,4}?)\1+.{0,3}$/su;

/** Shorter words stand in other words by chance. Characters. */
const MIN_WORD = 4;

/** What must be left of a password without the words that anybody would try here. Characters. */
const MIN_REST = 6;

/** Whether it is among the first guesses: commonest, repeated, or made from the address or our name. */
export function isCommon(password: string, email = ""): boolean {
  const lower = password.normalize("NFKC").toLowerCase();
  return COMMON.has(lower) || REPEATED.test(lower) || isMadeOfNames(lower, normaliseEmail(email));
}

function isMadeOfNames(password: string, email: string): boolean {
  const names = [email, ...email.split("@"), config().site.name.toLowerCase()];
  const known = names.filter((name) => name.length >= MIN_WORD && password.includes(name));
  const rest = known.reduce((left, name) => left.replaceAll(name, ""), password);
  return known.length > 0 && rest.length < MIN_REST;
}
