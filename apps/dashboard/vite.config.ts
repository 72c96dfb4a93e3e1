import { defineConfig } from "vite";

const GATEWAY = process.env["GATEWAY_URL"] ?? "http://127.0.0.1:8080";

/** All paths are relative, so that the files work below any prefix. `vite` alone serves them in front of a gateway that runs. */
export default defineConfig(({ command }) => ({
  base: command === "build" ? "./" : "/dashboard/",
  build: { target: "es2022", modulePreload: false },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/v1": GATEWAY, "/api": GATEWAY } },
}));
