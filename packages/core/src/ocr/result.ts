import { z } from "zod";

const Confidence = z
  .number()
  .min(0)
  .max(100)
  .meta({ description: "How sure the engine is, 0 to 100.", example: 96.4 });

const BoundingBox = z.object({ x0: z.int(), y0: z.int(), x1: z.int(), y1: z.int() }).meta({
  description:
    "Pixels of the image as sent, from its top left corner, before any EXIF rotation. x1 and y1 are just outside.",
});

const part = { text: z.string(), confidence: Confidence, bbox: BoundingBox };

const Word = z.object(part).meta({ id: "Word" });
const Line = z.object({ ...part, words: z.array(Word) }).meta({ id: "Line" });
const Block = z.object({ ...part, lines: z.array(Line) }).meta({ id: "Block" });
const Page = z
  .object({ width: z.int(), height: z.int(), ...part, blocks: z.array(Block) })
  .meta({ id: "Page", description: "An image has one page. Blocks come in reading order." });

export const WARNINGS = {
  no_text_detected: "No text was found in the image.",
  rotated: "The page lay on its side or upside down. It was turned before it was read.",
  deskewed: "The lines were tilted. The page was straightened before it was read.",
  dark_mode: "The text is light on a dark ground. The negative was read.",
  low_contrast: "Text and background differ little. More contrast would be read better.",
  text_too_small: "The text is less than 8 pixels high. A larger image would be read better.",
  blurred: "The image is blurred. A sharper one would be read better.",
  truncated_work: "The image takes too long to read. Part of it was left out, or read only once.",
  first_frame_only: "The image is animated. Only its first frame was read.",
  format_mismatch: "The bytes are of another format than declared. The bytes decided.",
} as const;

export type WarningCode = keyof typeof WARNINGS;

const Warning = z
  .object({
    code: z.enum(Object.keys(WARNINGS) as [WarningCode, ...WarningCode[]]),
    message: z.string(),
  })
  .meta({ id: "Warning", description: "Codes are stable; messages may change." });

/** What `raw_response` holds. It is part of the contract: fields are added, never changed. */
export const RawResponse = z
  .object({
    engine: z.object({
      name: z.literal("tesseract.js"),
      version: z.string().meta({ description: "Version of the tesseract core.", example: "5.1.0" }),
      languages: z.array(z.string()).meta({ description: "Language data used.", example: ["eng"] }),
    }),
    image: z.object({
      format: z.enum(["jpeg", "png", "gif", "bmp", "webp"]),
      width: z.int().meta({ description: "Pixels as stored in the file." }),
      height: z.int().meta({ description: "Pixels as stored in the file." }),
      orientation: z.int().min(1).max(8).meta({ description: "EXIF orientation; 1 is upright." }),
    }),
    rotation: z.number().meta({
      description: "Degrees clockwise by which the image was turned to read it, EXIF included.",
    }),
    pages: z.array(Page),
    warnings: z.array(Warning),
  })
  .meta({ id: "RawResponse" });

export type RawResponse = z.infer<typeof RawResponse>;
export type Page = z.infer<typeof Page>;
export type Block = z.infer<typeof Block>;
export type Line = z.infer<typeof Line>;
export type Word = z.infer<typeof Word>;

/** What reading one image gives. */
export type Recognition = {
  text: string;
  /** Integer 0..100, the mean of the words weighted by their length; 0 without text. */
  confidence: number;
  /** Codes joined by `+` when asked for or detected, otherwise null. */
  language: string | null;
  raw: RawResponse;
};

export function warning(code: WarningCode): RawResponse["warnings"][number] {
  return { code, message: WARNINGS[code] };
}
