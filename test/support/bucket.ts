import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

type StoredObject = { bytes: Buffer; contentType: string };

export type Bucket = {
  url: string;
  /** By the path of their address: `/<bucket>/<key>`. */
  objects: Map<string, StoredObject>;
  /** Set it, and every call fails. */
  isDown: boolean;
  /** Set it, and a deletion is never answered. */
  keepsAll: boolean;
  close: () => void;
};

/** As much of S3 as an upload meets, in memory: objects are put, got and deleted. */
export async function openBucket(): Promise<Bucket> {
  const objects = new Map<string, StoredObject>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://bucket");
    const found = objects.get(pathname);
    if (bucket.isDown) {
      response.writeHead(500).end();
    } else if (request.method === "PUT") {
      const contentType = request.headers["content-type"] ?? "binary/octet-stream";
      objects.set(pathname, { bytes: await buffer(request), contentType });
      response.end();
    } else if (request.method === "DELETE") {
      if (bucket.keepsAll) return;
      objects.delete(pathname);
      response.writeHead(204).end();
    } else if (found) {
      response.writeHead(200, { "content-type": found.contentType }).end(found.bytes);
    } else {
      // What S3 says to those who may not list the bucket.
      response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bucket: Bucket = { url, objects, isDown: false, keepsAll: false, close };
  return bucket;
}

/** The environment with which the code under test finds this bucket. */
export function bucketEnvironment(bucket: Bucket): Record<string, string> {
  return {
    UPLOADS_BUCKET: "uploads",
    AWS_ENDPOINT_URL_S3: bucket.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
}
