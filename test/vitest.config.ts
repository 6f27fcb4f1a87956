import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: "test",
    include: ["**/*.test.ts"],
    // Each has a command of its own: `npm run check:deploy`, `npm run sandbox`.
    exclude: ["deploy/**", "sandbox/**"],
    globalSetup: ["support/table.ts"],
    // Readers keep a core busy each: more files at once would only make them wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vite puts a BASE_URL of its own into the environment.
    env: { LOG: "off", BASE_URL: "" },
  },
});
