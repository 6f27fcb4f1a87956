import { randomUUID } from "node:crypto";
import { VisibleError } from "@imagetotext/core/error";
import * as Token from "@imagetotext/core/token";
import { failureBody } from "./api/failure.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html */
type Event = {
  methodArn: string;
  headers: Record<string, string>;
  requestContext: { requestId: string };
};

/**
 * What goes into the gateway's JSON as it is must not end a string there. CloudFront sends its own name; who
 * calls the gateway past it may send anything, and gets an address without a site.
 */
const HOST = /^[\w.:-]+$/;

/**
 * Lambda entry of the gateway for uploads: says whether a large body may be stored, before it is, and
 * under which key. The token's signature decides, without the table; whether the token is still active
 * and the day has room is said where the stored body is read. Nothing is counted here.
 */
export async function handler({ methodArn, headers, requestContext }: Event) {
  const find = (name: string) =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  try {
    const { accountId } = await Token.authenticate(find("authorization"), new Date());
    return verdict("Allow", methodArn, { account: accountId, upload: randomUUID() });
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    const host = find("x-forwarded-host") ?? "";
    const site = HOST.test(host) ? `https://${host}` : "";
    const { detail, code, message, doc_url } = failureBody(error, site, requestContext.requestId);
    return verdict("Deny", methodArn, { detail, code, message, doc_url });
  }
}

/** @param context texts that the gateway's templates may use */
function verdict(Effect: "Allow" | "Deny", Resource: string, context: Record<string, string>) {
  return {
    principalId: context.account ?? "nobody",
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect, Action: "execute-api:Invoke", Resource }],
    },
    context,
  };
}
