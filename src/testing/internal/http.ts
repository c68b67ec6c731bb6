import * as Either from "effect/Either"
import * as Option from "effect/Option"

export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject

/** Members that are `undefined` are absent from the wire. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export interface Incoming {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Only the first half of the body arrives, then the connection is gone. */
  readonly brokenOff?: boolean
}

/** A left is the reply that ends the request early. */
export type Result<A> = Either.Either<A, Reply>

export const apiOrigin = "https://api.spotify.com"
export const accountsOrigin = "https://accounts.spotify.com"
export const imageOrigin = "https://i.scdn.co"

export const json = (value: Json, status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: JSON.stringify(value)
})

export const text = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body
})

export const html = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body
})

export const empty = (status: number): Reply => ({ status, headers: {}, body: "" })

export const redirect = (location: string): Reply => ({ status: 302, headers: { location }, body: "" })

export const apiError = (status: number, message?: string, reason?: string): Reply =>
  json({ error: { status, message, reason } }, status)

export const oauthError = (error: string, description?: string): Reply =>
  json({ error, error_description: description }, 400)

export const fail = (status: number, message?: string, reason?: string): Either.Either<never, Reply> =>
  Either.left(apiError(status, message, reason))

export const notFound = fail(404, "Resource not found")

export const parseJson = Option.liftThrowable((body: string): Json => JSON.parse(body))

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const isArray = (value: Json | undefined): value is ReadonlyArray<Json> => Array.isArray(value)
