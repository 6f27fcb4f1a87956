import * as Upload from "@imagetotext/core/upload";
import type { Unpack } from "./input.ts";

/**
 * For a body that waits in the bucket, because it does not fit a Lambda's event: unpacks it as if it
 * had come with the request. `upload` in the query is its id.
 */
export function fromStored(unpack: Unpack): Unpack {
  return async (request, accountId) => {
    const id = new URL(request.url).searchParams.get("upload") ?? "";
    const { bytes, contentType } = await Upload.read(accountId, id);
    const headers = { "content-type": contentType };
    const body = new Uint8Array(bytes);
    const post = new Request(request.url, { method: "POST", headers, body });
    const input = await unpack(post, accountId);
    return { ...input, discard: () => Upload.remove(accountId, id) };
  };
}
