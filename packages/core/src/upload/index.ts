import { config } from "../config.ts";
import { VisibleError } from "../error.ts";

/**
 * Bodies that are too large for a Lambda's event. The gateway puts each into a bucket, under the id of
 * its account and a random id of its own (infra/upload-api.ts); here it is taken out again.
 */
type Upload = { bytes: Uint8Array; contentType: string };

/** An upload's id is a random UUID: nothing else reaches a key. */
const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What a deletion may hold up the answer that comes after it. */
const DELETION_MS = 1_000;

/**
 * Reads an upload, which stays: a request that fails can be repeated. Only its own account finds it.
 * @throws VisibleError upload.unknown, upload.unavailable
 */
export async function read(accountId: string, id: string): Promise<Upload> {
  if (!ID.test(id)) throw new VisibleError("upload.unknown");
  const { client, GetObjectCommand } = await connect();
  return client
    .send(new GetObjectCommand(objectOf(accountId, id)))
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
}

/** Deletes an upload that was read. What stays is deleted by the bucket itself, a day later. */
export async function remove(accountId: string, id: string): Promise<void> {
  const { client, DeleteObjectCommand } = await connect();
  const abortSignal = AbortSignal.timeout(DELETION_MS);
  await client
    .send(new DeleteObjectCommand(objectOf(accountId, id)), { abortSignal })
    .catch(() => {});
}

function objectOf(accountId: string, id: string) {
  return { Bucket: config().uploadsBucket, Key: `${accountId}/${id}` };
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
    // Few seconds: what is read too late is not charged and not answered (api/extract.ts).
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 1_500,
      throwOnRequestTimeout: true,
    },
  });
  return { client, DeleteObjectCommand, GetObjectCommand };
}
