const excerptLength = 200

/** How much is looked at for it: to clean the whole of a long body would hold up everything else. */
const looked = 4096

/** The ways in which a secret may stand in a body: as it is, inside JSON, inside a form. */
const formsOf = (secret: string): ReadonlyArray<string> => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  new URLSearchParams({ "": secret }).toString().slice(1)
]

// Secrets that nobody told us of, by the name that goes before them. A short code stays: it is a number or a word.
const value = `["']?\\s*[:=]\\s*["']?)[^\\s"'&,;<>{}]`
const named = new RegExp(
  `((?:access_token|refresh_token|client_secret|code_verifier)${value}+|(\\bcode${value}{16,}`,
  "gi"
)
const credentials = /\b(Bearer|Basic)(?:\s|\+|%20)+[\w.~+/%-]{20,}=*/gi

const controls = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
const bidirectional = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Somebody else's text on one line, without what a terminal obeys (escape sequences, C1 as well) and without what turns
 * the direction of writing around.
 */
export const printable = (text: string): string => text.replace(controls, " ").replace(bidirectional, "")

/** A shorter secret than this is only one where it stands by itself: else words that have it in them would be garbled. */
const shortSecret = 8

const withoutSecret = (text: string, secret: string): string => {
  if (secret === "") return text
  if (secret.length >= shortSecret) return text.replaceAll(secret, "<redacted>")
  const escaped = secret.replace(/[^\w]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
  return text.replace(new RegExp(`(?<!\\w)${escaped}(?!\\w)`, "g"), "<redacted>")
}

/** Takes what is secret out of a text. */
export type Redact = (text: string) => string

/** For these secrets, in all the forms in which they may stand in a body. */
export const redactorOf = (secrets: ReadonlyArray<string>): Redact => {
  const forms = new Set(secrets.flatMap(formsOf))
  return (text) => {
    let clean = text
    for (const form of forms) clean = withoutSecret(clean, form)
    return clean
  }
}

/** The start of a body for an error, on one line and without secrets: those that are told and what looks like one. */
export const excerpt = (text: string, redact: Redact = (text) => text): string => {
  const whole = text.trimStart()
  const isWhole = whole.length <= looked
  const clean = redact(printable(whole.slice(0, looked)))
    .replace(named, "$1$2<redacted>")
    .replace(credentials, "$1 <redacted>")
    .replace(/\s+/g, " ")
    .trim()
  if (clean.length > excerptLength) return `${clean.slice(0, excerptLength)}…`
  // The last word may be the start of one.
  return isWhole ? clean : `${clean.slice(0, Math.max(0, clean.lastIndexOf(" ")))}…`
}

/** A URL without its query, whose values are nobody else's business. */
export const pathOf = (url: string): string => {
  const query = url.indexOf("?")
  return query === -1 ? url : url.slice(0, query)
}

/** The codes of OAuth that programs compare with. */
const oauthCodes = new Set([
  "access_denied",
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "server_error",
  "temporarily_unavailable",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type"
])

/** A server's code for an error, which programs read: as it is where it is a known one, whatever the secrets are. */
export const oauthCode = (code: string, redact: Redact): string => oauthCodes.has(code) ? code : excerpt(code, redact)
