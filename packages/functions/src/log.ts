/** Where it happened, without the message: that may quote what a caller sent. */
export function logBug(error: Error, during: { requestId?: string; job?: string } = {}): void {
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  log({ ...during, bug: error.name, stack: frames?.join("\n") });
}

/**
 * Writes one JSON line. Give it ids, codes, counts and times only: never a token, an e-mail address,
 * a link, an image or recognised text.
 * @param metrics see metrics.ts
 */
export function log(
  entry: Record<string, string | number | boolean | undefined>,
  metrics: object = {},
): void {
  if (process.env.LOG === "off") return;
  const line = { time: new Date().toISOString(), ...entry, ...metrics };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
