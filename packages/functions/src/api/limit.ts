/** Any body: 5 MB as base64, escaped line breaks included. Bytes. */
export const MAX_BODY_BYTES = 7.5 * 1024 * 1024;
