import { ERRORS, type ErrorCode, type VisibleError } from "@imagetotext/core/error";

/**
 * The one body of every failure, but for the `errors` of a 422.
 * @param site origin of the site, whose documentation explains the code
 */
export function failureBody(error: VisibleError, site: string, requestId: string) {
  return {
    success: false,
    message: ERRORS[error.code].message,
    detail: error.message,
    code: error.code,
    doc_url: docUrl(site, error.code),
    request_id: requestId,
  };
}

/** The paragraph of the documentation about this code. */
function docUrl(site: string, code: ErrorCode): string {
  return `${site}/api-docs#${code}`;
}
