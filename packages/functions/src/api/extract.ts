import { config } from "@imagetotext/core/config";
import { VisibleError } from "@imagetotext/core/error";
import * as Idempotency from "@imagetotext/core/idempotency";
import type * as Image from "@imagetotext/core/image";
import * as Ocr from "@imagetotext/core/ocr";
import * as Quota from "@imagetotext/core/quota";
import * as Receipt from "@imagetotext/core/receipt";
import * as Token from "@imagetotext/core/token";
import type { Context } from "hono";
import { log } from "../log.ts";
import type { Api, ApiEnv } from "./app.ts";
import { fromForm, fromJson, type Unpack } from "./input.ts";
import { setRateLimit } from "./rate-limit.ts";
import type { ExtractAnswer } from "./schema.ts";
import { fromStored } from "./stored.ts";

/** Both endpoints differ in how the image is packed, and in nothing else. */
const ENDPOINTS = [
  { path: "/api/ocr/extract-text", field: "image", unpack: fromJson },
  { path: "/api/ocr/extract-text-from-file", field: "file", unpack: fromForm },
] as const;

/**
 * A Lambda is killed after 28 s, and its caller must not be charged then. Counting, fetching a stored
 * body and reading have timeouts of their own, which add up to more; the receipt, sent twice, takes 4 s.
 * From the arrival of the request.
 */
const LAST_RECORD_MS = 24_000;

/** Where there is a bucket, both are also asked for what it holds, and answer in the same way. */
export function extractRoutes(app: Api, readers: Ocr.ReaderPool): void {
  for (const { path, field, unpack } of ENDPOINTS) {
    app.post(path, (c) => {
      c.set("imageField", field);
      return extract(c, readers, unpack);
    });
    if (!config().uploadsBucket) continue;
    app.get(`${path}/stored`, (c) => {
      // Hono hands a HEAD to the route of GET.
      if (c.req.method === "HEAD") return c.notFound();
      c.set("imageField", field);
      return extract(c, readers, fromStored(unpack));
    });
  }
}

/**
 * authenticate -> reserve -> unpack -> recognise -> record -> respond. The request is counted before
 * its body is read, and given back on whatever is thrown after that: only a 200 costs.
 *
 * With an Idempotency-Key the body is unpacked first, because key and content together say whether
 * this is a retry. A retry of what was answered is read again, but neither counted nor recorded.
 */
async function extract(
  c: Context<ApiEnv>,
  readers: Ocr.ReaderPool,
  unpack: Unpack,
): Promise<Response> {
  const now = new Date();
  const caller = await Token.authenticate(c.req.header("authorization"), now);
  const { accountId } = caller;
  c.var.logged.accountId = accountId;
  const { requestId } = c.var;
  const idempotencyKey = c.req.header("idempotency-key");
  const held: Held = {};
  let leave = () => {};
  try {
    if (idempotencyKey === undefined) held.reservation = await reserve(c, caller, now);
    leave = readers.enter();
    const { bytes, declaredType, language, discard } = await unpack(c.req.raw, accountId);
    c.var.logged.bytes = bytes.length;
    if (idempotencyKey !== undefined) {
      const content = [bytes, declaredType, String(language ?? "")];
      const request = { accountId, requestId, key: idempotencyKey, content };
      held.claim = await Idempotency.claim(request, now);
      if (held.claim.isReplay) setRateLimit(c, await Quota.usage(caller, now), now);
      else held.reservation = await reserve(c, caller, now);
    }
    const { signal } = c.req.raw;
    const readFrom = performance.now();
    const recognition = await Ocr.read(readers, bytes, language, { owner: accountId, signal });
    if (signal.aborted) throw new VisibleError("request.abandoned");
    if (performance.now() - c.var.startedAt > LAST_RECORD_MS) throw new VisibleError("ocr.timeout");
    const { format, width, height } = recognition.raw.image;
    const ms = Math.round(performance.now() - c.var.startedAt);
    const measured = { bytes: bytes.length, pixels: width * height, ms };
    const { confidence } = recognition;
    c.var.logged.readMs = Math.round(performance.now() - readFrom);
    c.var.logged.confidence = confidence;
    if (held.reservation) {
      const { plan } = held.reservation.allowance;
      const receipt = { accountId, requestId, at: now, plan, ...measured, confidence };
      await Receipt.record(receipt, new Date(), held.claim);
    } else c.header("Idempotency-Replayed", "true");
    await discard?.();
    return c.json(answer(recognition, ms, isMismatch(declaredType, format)));
  } catch (error) {
    await giveBack(c, held);
    throw error;
  } finally {
    leave();
  }
}

/** What a request holds until it is answered. A replay has a claim and no reservation. */
type Held = { reservation?: Quota.Reservation; claim?: Idempotency.Claim };

async function reserve(c: Context<ApiEnv>, caller: Quota.Caller, now: Date) {
  const reservation = await Quota.reserve(caller, now);
  setRateLimit(c, reservation.allowance, now);
  return reservation;
}

/**
 * A give-back that fails must not hide why it was due. What stays counted heals at midnight (UTC); a
 * key that stays claimed is free again when its lease is over.
 */
async function giveBack(c: Context<ApiEnv>, { reservation, claim }: Held): Promise<void> {
  const undo = async (name: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const cause = error instanceof Error ? error.name : "unknown";
      log({ requestId: c.var.requestId, bug: `${name} failed`, cause });
    }
  };
  if (reservation) {
    await undo("give-back", async () => {
      setRateLimit(c, await Quota.release(reservation), new Date());
      c.var.logged.giveBacks = 1;
    });
  }
  if (claim && !claim.isReplay) await undo("release of a key", () => Idempotency.release(claim));
}

function answer(recognition: Ocr.Recognition, ms: number, mismatch: boolean): ExtractAnswer {
  const { text, confidence, language, raw } = recognition;
  const warnings = mismatch ? [...raw.warnings, Ocr.warning("format_mismatch")] : raw.warnings;
  return {
    success: true,
    data: {
      success: true,
      text,
      processing_time: Math.round(ms / 10) / 100,
      confidence,
      language,
      raw_response: { ...raw, warnings },
    },
  };
}

/** Names that are in use for a format beside `image/<format>`. */
const ALIASES: Record<string, Image.Format> = {
  jpg: "jpeg",
  pjpeg: "jpeg",
  "x-png": "png",
  "x-bmp": "bmp",
  "x-ms-bmp": "bmp",
};

function isMismatch(declaredType: string, format: Image.Format): boolean {
  const [type, subtype = ""] = declaredType.toLowerCase().split("/");
  return type === "image" && (ALIASES[subtype] ?? subtype) !== format;
}
