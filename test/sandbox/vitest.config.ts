import { defineConfig } from "vitest/config";

/** The functions as Lambda runs them: tests of their own, and the contract's tests over HTTP. */
export default defineConfig({
  test: {
    root: "test",
    include: ["sandbox/**/*.test.ts", "functions/{caller,extract,openapi,refusal}.test.ts"],
    globalSetup: ["sandbox/setup.ts"],
    // A Lambda's readers cannot be taken away from outside, and a body without a length is refused at the
    // edge (functions/body-limit.test.ts).
    testNamePattern: /^(?!.*(want of a reader|read to the end))/,
    // A Lambda takes one request at a time, and timings want the machine for themselves.
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vite puts a BASE_URL of its own into the environment.
    env: { LOG: "off", BASE_URL: "" },
  },
});
