/** What every test account, every token, the tests' images and their texts have in them. */
const SECRETS = {
  "a token": /itt_|Bearer|eyJhbGciOi/,
  "an e-mail address": /@example\.com/,
  "recognised text": /HARBOUR|Sourdough/i,
  "an image": /data:image|\/9j\/4|iVBORw0KGgo/,
};

/**
 * Looks through all that a function has printed during a run.
 * @throws Error naming what should not be in a log, without repeating it
 */
export function assertSecrecy(output: string): void {
  for (const [name, pattern] of Object.entries(SECRETS)) {
    if (pattern.test(output)) throw new Error(`the log of a function holds ${name}`);
  }
}
