import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import {
  BadRequest,
  Forbidden,
  NotFound,
  QuotaExceeded,
  ServerError,
  type SpotifyError,
  Unauthorized,
  UnexpectedStatus
} from "../core/SpotifyError.js"
import { excerpt } from "../core/text.js"
import type { SpotifySession } from "../session/SpotifySession.js"
import type { Token } from "../store/TokenStore.js"
import type { Request, Response } from "./service.js"

interface Said {
  readonly detail: string
  readonly reason: string | undefined
}

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const textOf = (object: unknown, member: string): string | undefined =>
  Predicate.hasProperty(object, member) && typeof object[member] === "string" ? object[member] : undefined

/** Spotify's words in whatever form they come: its JSON with or without the wrapping, OAuth's JSON, text, HTML, or nothing. */
const said = (text: string): Said => {
  const body = Option.getOrUndefined(parseJson(text))
  const error = Predicate.hasProperty(body, "error") && Predicate.isObject(body.error) ? body.error : body
  return {
    detail: textOf(error, "message") ?? textOf(error, "error_description") ?? textOf(error, "error") ?? text,
    reason: textOf(error, "reason")
  }
}

/** Whether a 429 means the rate, which a pause helps against, and not the quota. */
export const isRateLimit = (text: string): boolean => said(text).reason !== "QUOTA_EXCEEDED"

/** What Spotify said, for an error. */
export const detailOf = ({ redact, text }: Response): string => excerpt(said(text).detail, redact)

/** Whether a 400 is about `limit`. */
export const isOfLimit = (detail: string): boolean => /\blimit\b/i.test(detail)

const hintOf = (
  request: Request,
  status: number,
  detail: string,
  reason: string | undefined,
  missing: ReadonlyArray<string>,
  retryAfter: Duration.Duration | undefined
) => {
  if (status >= 500 && retryAfter !== undefined) return `it asks to wait ${Duration.format(retryAfter)}`
  if (status === 400) return isOfLimit(detail) ? request.limitHint : undefined
  if (status === 401) return "sign in again, or check the token"
  if (status === 404 && reason === "NO_ACTIVE_DEVICE") return "open Spotify on a device, or name one with device_id"
  if (status !== 403) return undefined
  if (missing.length > 0) return `the session lacks the scope ${missing.join(", ")}: ask for it in authorizeUrl`
  return reason === undefined ? request.forbiddenHint : undefined
}

/** The error of an answer that is no success. */
export const errorOf = (
  request: Request,
  path: string,
  answer: Response,
  session: SpotifySession.Service,
  retryAfter: Duration.Duration | undefined
): Effect.Effect<SpotifyError> => {
  const { status } = answer
  const told = said(answer.text).reason
  const reason = told === undefined ? undefined : excerpt(told, answer.redact)
  const detail = detailOf(answer)
  const lacksScope = status === 403 && /insufficient (client )?scope/i.test(detail)
  return lacksScope
    ? Effect.map(
      Effect.orElseSucceed(session.token, () => Option.none()),
      (token) => make(request, path, status, detail, reason, missingOf(request.scopes ?? [], token), retryAfter)
    )
    : Effect.succeed(make(request, path, status, detail, reason, [], retryAfter))
}

const missingOf = (needed: ReadonlyArray<string>, token: Option.Option<Token>): ReadonlyArray<string> => {
  const missing = Option.match(token, {
    onNone: () => needed,
    onSome: ({ scopes }) => needed.filter((scope) => !scopes.includes(scope))
  })
  // Spotify says that one is missing, whatever the token answer said of what was granted.
  return missing.length === 0 ? needed : missing
}

const make = (
  request: Request,
  path: string,
  status: number,
  detail: string,
  reason: string | undefined,
  missingScopes: ReadonlyArray<string>,
  retryAfter: Duration.Duration | undefined
): SpotifyError => {
  const hint = hintOf(request, status, detail, reason, missingScopes, retryAfter)
  const fields = {
    operation: request.operation,
    method: request.method,
    path,
    status,
    detail,
    reason,
    message: `${request.operation}: Spotify answered ${status}${detail === "" ? "" : ` ${detail}`}${
      reason === undefined ? "" : ` (${reason})`
    }${hint === undefined ? "" : `; ${hint}`}`
  }
  if (status >= 500) return new ServerError({ ...fields, retryAfter })
  switch (status) {
    case 400:
      return new BadRequest(fields)
    case 401:
      return new Unauthorized(fields)
    case 403:
      return new Forbidden({ ...fields, missingScopes })
    case 404:
      return new NotFound(fields)
    case 429:
      return new QuotaExceeded(fields)
    default:
      return new UnexpectedStatus(fields)
  }
}
