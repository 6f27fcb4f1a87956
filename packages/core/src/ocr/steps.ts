/** The steps of the pipeline that can be left out, so that an ablation can show what each is worth. */
export const STEPS = [
  "desk",
  "denoise",
  "negative",
  "edges",
  "flatfield",
  "turn",
  "deskew",
  "curl",
  "language",
  "scale",
  "border",
  "rulings",
  "order",
  "missed",
  "colour",
  "labels",
  "stray",
  "calibration",
] as const;

export type Step = (typeof STEPS)[number];
