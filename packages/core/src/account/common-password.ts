/**
 * The commonest passwords of 12 characters and more, in lower case: shorter ones are refused anyway.
 */
const COMMON = new Set(
  `
123456789012 1234567890123 12345678901234 123456789012345 123qweasdzxc 1q2w3e4r5t6y 1qaz2wsx3edc
1qaz2wsx3edc4rfv abcdefghijkl abc123abc123 administrator admin1234567 asdfghjkl123 changeme1234
correcthorsebatterystaple iloveyou1234 iloveyou12345 letmein12345 manchesterunited
password1234 password12345 password123456 password1234567 password12345678 password123456789
passwordpassword passw0rd1234 p@ssw0rd1234 p@ssword1234 qazwsxedcrfv qwerty123456 qwerty1234567
qwerty12345678 qwerty123456789 qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiop[] qwertyuiopasdf
q1w2e3r4t5y6 q1w2e3r4t5y6u7i8 welcome12345 welcome123456 zaq12wsxcde3 zxcvbnm12345
`
    .trim()
    .split(/\s+/),
);

/** A run of one to four characters repeated, as in aaaaaaaaaaaa or 123412341234. */
const REPEATED = /^(.{1,4}?)\1+.{0,3}$/su;

/** Whether it is among the first guesses: commonest, repeated, or made from the address. */
export function isCommon(password: string, email?: string): boolean {
  const lower = password.normalize("NFKC").toLowerCase();
  if (COMMON.has(lower) || REPEATED.test(lower)) return true;
  return email !== undefined && lower === email.normalize("NFKC").trim().toLowerCase();
}
