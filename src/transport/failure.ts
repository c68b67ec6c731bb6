/** What is said of a connection that failed. */
import type * as HttpClientError from "@effect/platform/HttpClientError"
import { codeByName, meaningOf } from "./onNode.js"

const codeOf = (cause: unknown, depth: number): string | undefined => {
  if (typeof cause !== "object" || cause === null || depth > 4) return undefined
  if ("code" in cause && typeof cause.code === "string" && /^[A-Z][A-Z0-9_]*$/.test(cause.code)) return cause.code
  return codeByName(cause) ?? ("cause" in cause ? codeOf(cause.cause, depth + 1) : undefined)
}

/**
 * What is said of a failed connection. Only a system or client code (`ECONNRESET`, `UND_ERR_SOCKET`) is taken from the
 * cause: its message may quote a header.
 */
export const transportDetail = (error: HttpClientError.HttpClientError): string =>
  connectionDetail(error.cause, error._tag === "ResponseError")

/** The same of an error that no HTTP client has wrapped. */
export const connectionDetail = (cause: unknown, isAnswered: boolean): string => {
  const code = codeOf(cause, 0)
  return code === undefined ? isAnswered ? "the connection broke off" : "no connection" : meaningOf(code)
}
