import type * as HttpClientError from "@effect/platform/HttpClientError"

const excerptLength = 200

/** The start of a body for an error, on one line and without the given secrets. */
export const excerpt = (text: string, secrets: ReadonlyArray<string> = []): string => {
  let clean = text
  for (const secret of secrets) {
    if (secret !== "") clean = clean.replaceAll(secret, "<redacted>")
  }
  clean = clean.replace(/\s+/g, " ").trim()
  return clean.length > excerptLength ? `${clean.slice(0, excerptLength)}…` : clean
}

const codeOf = (cause: unknown, depth: number): string | undefined => {
  if (typeof cause !== "object" || cause === null || depth > 4) return undefined
  if ("code" in cause && typeof cause.code === "string" && /^[A-Z][A-Z0-9_]*$/.test(cause.code)) return cause.code
  return "cause" in cause ? codeOf(cause.cause, depth + 1) : undefined
}

/**
 * What is said of a failed connection. Only a system or client code (`ECONNRESET`, `UND_ERR_SOCKET`) is taken from the
 * cause: its message may quote a header.
 */
export const transportDetail = (error: HttpClientError.HttpClientError): string =>
  codeOf(error.cause, 0) ?? (error._tag === "RequestError" ? "no connection" : "the connection broke off")

/** A URL without its query, whose values are nobody else's business. */
export const pathOf = (url: string): string => {
  const query = url.indexOf("?")
  return query === -1 ? url : url.slice(0, query)
}
