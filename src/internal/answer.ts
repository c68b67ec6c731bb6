import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Request, Response } from "../SpotifyClient.js"
import {
  BadRequest,
  Forbidden,
  NotFound,
  QuotaExceeded,
  ServerError,
  type SpotifyError,
  Unauthorized,
  UnexpectedStatus
} from "../SpotifyError.js"
import type { SpotifySession } from "../SpotifySession.js"
import type { Token } from "../TokenStore.js"
import { excerpt, pathOf } from "./text.js"

const ErrorBody = Schema.parseJson(Schema.Struct({
  error: Schema.Union(
    Schema.Struct({
      message: Schema.optional(Schema.NullOr(Schema.String)),
      reason: Schema.optional(Schema.NullOr(Schema.String))
    }),
    Schema.String
  ),
  error_description: Schema.optional(Schema.NullOr(Schema.String))
}))
const decodeErrorBody = Schema.decodeUnknownEither(ErrorBody)

interface Said {
  readonly detail: string
  readonly reason: string | undefined
}

/** Spotify's words in whatever form they come: its JSON, OAuth's JSON, text, HTML, or nothing. */
const said = (text: string): Said => {
  const body = decodeErrorBody(text)
  if (Either.isLeft(body)) return { detail: text, reason: undefined }
  const { error, error_description } = body.right
  return typeof error === "string"
    ? { detail: error_description ?? error, reason: undefined }
    : { detail: error.message ?? "", reason: error.reason ?? undefined }
}

export const reasonOf = (text: string): string | undefined => said(text).reason

const hintOf = (request: Request, status: number, reason: string | undefined, missing: ReadonlyArray<string>) => {
  if (status === 401) return "sign in again, or check the token"
  if (status === 404 && reason === "NO_ACTIVE_DEVICE") return "open Spotify on a device, or name one with device_id"
  if (status !== 403) return undefined
  if (missing.length > 0) return `the session lacks the scope ${missing.join(", ")}: ask for it in authorizeUrl`
  return reason === undefined ? request.forbiddenHint : undefined
}

/** The error of an answer that is no success; `sent` is the token that the request carried, in case it is echoed. */
export const errorOf = (
  request: Request,
  answer: Response,
  session: SpotifySession.Service,
  sent: Redacted.Redacted | undefined
): Effect.Effect<SpotifyError> => {
  const { status } = answer
  const words = said(answer.text)
  const detail = excerpt(words.detail, sent === undefined ? [] : [Redacted.value(sent)])
  const lacksScope = status === 403 && /insufficient (client )?scope/i.test(detail)
  return lacksScope
    ? Effect.map(
      Effect.orElseSucceed(session.token, () => Option.none()),
      (token) => make(request, status, detail, words.reason, missingOf(request.scopes ?? [], token))
    )
    : Effect.succeed(make(request, status, detail, words.reason, []))
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
  status: number,
  detail: string,
  reason: string | undefined,
  missingScopes: ReadonlyArray<string>
): SpotifyError => {
  const hint = hintOf(request, status, reason, missingScopes)
  const fields = {
    operation: request.operation,
    method: request.method,
    path: pathOf(request.url),
    status,
    detail,
    reason,
    message: `${request.operation}: Spotify answered ${status}${detail === "" ? "" : ` ${detail}`}${
      reason === undefined ? "" : ` (${reason})`
    }${hint === undefined ? "" : `; ${hint}`}`
  }
  if (status >= 500) return new ServerError(fields)
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
