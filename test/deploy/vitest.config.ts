import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { root: "test", include: ["deploy/**/*.test.ts"], testTimeout: 60_000 },
});
