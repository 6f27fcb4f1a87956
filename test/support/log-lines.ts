import { afterEach, beforeEach, vi } from "vitest";

/** What the code under test writes to the log, line by line, anew in each test of the file. */
export function captureLog(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  beforeEach(() => {
    lines.length = 0;
    process.env.LOG = "on";
    vi.spyOn(process.stdout, "write").mockImplementation((line) => {
      lines.push(JSON.parse(String(line)));
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.env.LOG = "off";
  });
  return lines;
}
