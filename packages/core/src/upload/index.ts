import { config } from "../config.ts";
import { VisibleError } from "../error.ts";

/**
 * Bodies that are too large for a Lambda's event. The gateway puts each into a bucket, under the id of
 * its account and a random id of its own (infra/upload-api.ts); here it is taken out again.
 */
export type Upload = { bytes: Uint8Array; contentType: string };

/** An upload's id is a random UUID: nothing else reaches a key. */
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Reads an upload and deletes it. Only its own account finds it.
 * @throws VisibleError upload.unknown, upload.unavailable
 */
export async function take(accountId: string, id: string): Promise<Upload> {
  if (!ID.test(id)) throw new VisibleError("upload.unknown");
  const object = { Bucket: config().uploadsBucket, Key: `${accountId}/${id}` };
  const { client, DeleteObjectCommand, GetObjectCommand } = await connect();
  const upload = await client
    .send(new GetObjectCommand(object))
    .then(async ({ Body, ContentType }) => ({
      bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(),
      contentType: ContentType ?? "",
    }))
    .catch((cause) => {
      // Without the right to list the bucket, S3 answers 403 for what is not there.
      const isMissing = [403, 404].includes(cause.$metadata?.httpStatusCode);
      throw new VisibleError(isMissing ? "upload.unknown" : "upload.unavailable", undefined, {
        cause,
      });
    });
  // What stays is deleted by the bucket itself, a day later.
  await client.send(new DeleteObjectCommand(object)).catch(() => {});
  return upload;
}

let connection: ReturnType<typeof load> | undefined;

function connect() {
  connection ??= load();
  return connection;
}

/** Few requests need S3's client, and all would wait for its code at a cold start. */
async function load() {
  const { DeleteObjectCommand, GetObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    maxAttempts: 2,
    // Beside counting, 20 s of reading and the receipt, this must fit in a Lambda's 28 s.
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 1_500,
      throwOnRequestTimeout: true,
    },
  });
  return { client, DeleteObjectCommand, GetObjectCommand };
}
