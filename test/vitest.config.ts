import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: { root: "test", include: ["**/*.test.ts"], testTimeout: 60_000 },
});
