import { ERRORS } from "@imagetotext/core/error";
import { RawResponse } from "@imagetotext/core/ocr";
import * as z from "zod";

const Language = z.string().nullish().meta({
  description:
    "Tesseract codes, joined by + to combine, or auto. English when left out, unless the script is clearly another.",
  example: "deu+eng",
});

export const ExtractTextRequest = z
  .object({
    image: z.string().meta({
      description: "A data URI with the base64 of a jpeg, png, gif, bmp or webp of at most 5 MB.",
      example: "data:image/jpeg;base64,/9j/4AAQSkZJRg...",
    }),
    language: Language,
  })
  .meta({ id: "ExtractTextRequest" });
export type ExtractTextRequest = z.infer<typeof ExtractTextRequest>;

export const ExtractFileRequest = z
  .object({
    file: z
      .string()
      .meta({ format: "binary", description: "A jpeg, png, gif, bmp or webp of at most 5 MB." }),
    language: Language,
  })
  .meta({ id: "ExtractFileRequest" });

export const ExtractAnswer = z
  .object({
    success: z.literal(true),
    data: z.object({
      success: z.literal(true),
      text: z.string().meta({ description: "The text, line by line. Empty on a blank page." }),
      processing_time: z.number().min(0).meta({ description: "Seconds.", example: 0.45 }),
      confidence: z.int().min(0).max(100).meta({ description: "0 when there is no text." }),
      language: z
        .string()
        .nullable()
        .meta({ description: "The language asked for or detected, otherwise null." }),
      raw_response: RawResponse,
    }),
  })
  .meta({ id: "ExtractAnswer" });
export type ExtractAnswer = z.infer<typeof ExtractAnswer>;

export const UsageAnswer = z
  .object({
    success: z.literal(true),
    data: z.object({
      plan: z.string().meta({ example: "free" }),
      limit: z.int().meta({ description: "Requests a day.", example: 100 }),
      used: z.int().meta({ description: "Requests used today, those under way included." }),
      remaining: z.int().min(0),
      resets_at: z.iso.datetime().meta({ description: "When the next day begins, 00:00 UTC." }),
      token_expires_at: z.iso.datetime(),
    }),
  })
  .meta({ id: "UsageAnswer" });
export type UsageAnswer = z.infer<typeof UsageAnswer>;

export const HealthAnswer = z
  .object({
    success: z.literal(true),
    data: z.object({ table: z.literal("ok"), engine: z.literal("ok") }),
  })
  .meta({ id: "HealthAnswer" });
export type HealthAnswer = z.infer<typeof HealthAnswer>;

export const Failure = z
  .object({
    success: z.literal(false),
    message: z.string().meta({ description: "Fixed wording for this code." }),
    detail: z.string().meta({ description: "What to do next." }),
    code: z.enum(Object.keys(ERRORS) as [string, ...string[]]).meta({
      description: "Stable. Codes are added, never changed.",
    }),
    doc_url: z.url().meta({ description: "What the documentation says about this code." }),
    request_id: z.string().meta({ description: "Give it to support." }),
    errors: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({ description: "With 422: what is wrong, by field." }),
  })
  .meta({ id: "Failure" });
