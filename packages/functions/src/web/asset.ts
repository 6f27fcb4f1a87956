import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Api } from "../api/app.ts";

/** Static files of the pages. A Lambda bundle carries this folder beside itself: see sst.config.ts. */
const FOLDER = new URL("./asset/", import.meta.url);

const TYPES = {
  "style.css": "text/css; charset=utf-8",
  "site.js": "text/javascript; charset=utf-8",
  "reference.js": "text/javascript; charset=utf-8",
  "playground.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
  "receipt.jpg": "image/jpeg",
} as const;

export type AssetName = keyof typeof TYPES;

type Asset = { bytes: Uint8Array<ArrayBuffer>; url: string };

const assets = new Map<AssetName, Asset>();

/** Address of a static file. It changes with the content, so browsers keep it for a year. */
export function assetUrl(name: AssetName): string {
  return getAsset(name).url;
}

export function assetRoutes(app: Api): void {
  for (const name of Object.keys(TYPES) as AssetName[]) {
    serve(app, assetUrl(name), name, "public, max-age=31536000, immutable");
  }
  serve(app, "/favicon.ico", "icon.svg", "public, max-age=86400");
  serve(app, "/sample/receipt.jpg", "receipt.jpg", "public, max-age=86400");
}

function serve(app: Api, path: string, name: AssetName, cacheControl: string): void {
  app.get(path, (c) =>
    c.body(getAsset(name).bytes, 200, {
      "Content-Type": TYPES[name],
      "Cache-Control": cacheControl,
    }),
  );
}

function getAsset(name: AssetName): Asset {
  const known = assets.get(name);
  if (known) return known;
  const bytes = new Uint8Array(readFileSync(new URL(name, FOLDER)));
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const asset = { bytes, url: `/assets/${hash}/${name}` };
  assets.set(name, asset);
  return asset;
}
