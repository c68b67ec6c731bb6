import { HttpClient, HttpClientRequest } from "@effect/platform"
import { Effect, Predicate, Redacted } from "effect"
import { FakeSpotify } from "effect-spotify/testing"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: unknown
  /** What is at a path inside the body. */
  readonly at: (...path: ReadonlyArray<string | number>) => unknown
  readonly string: (...path: ReadonlyArray<string | number>) => string
  /** The members that a list inside the body has under `key`. */
  readonly each: (list: string, ...key: ReadonlyArray<string | number>) => ReadonlyArray<unknown>
}

export interface Send {
  readonly token?: Redacted.Redacted | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
  readonly contentType?: string
}

const parse = (text: string): unknown => text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : undefined

const dig = (value: unknown, path: ReadonlyArray<string | number>): unknown =>
  path.reduce(
    (inner: unknown, key) => Predicate.isObject(inner) ? Reflect.get(inner, key) : undefined,
    value
  )

export const send = (method: "GET" | "POST" | "PUT" | "DELETE", url: string, options: Send = {}) =>
  Effect.gen(function*() {
    const { body, contentType = "application/json", headers = {}, token } = options
    const client = yield* HttpClient.HttpClient
    const request = HttpClientRequest.make(method)(url, {
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` })
      }
    })
    const response = yield* client.execute(
      body === undefined
        ? request
        : HttpClientRequest.bodyText(request, typeof body === "string" ? body : JSON.stringify(body), contentType)
    )
    const text = yield* response.text
    const json = response.headers["content-type"]?.includes("json") === true ? parse(text) : undefined
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      text,
      json,
      at: (...path) => dig(json, path),
      string: (...path) => String(dig(json, path)),
      each: (list, ...key) => {
        const items = dig(json, [list])
        return Array.isArray(items) ? items.map((item) => dig(item, key)) : []
      }
    }
    return answer
  })

/** A token with all scopes, and requests to the Web API with it. */
export const signedIn = (options?: Parameters<FakeSpotify.Service["issueToken"]>[0]) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const { accessToken } = yield* spotify.issueToken(options)
    const to = (method: "GET" | "POST" | "PUT" | "DELETE") => (path: string, body?: string | object) =>
      send(method, spotify.apiUrl + path, { token: accessToken, ...(body === undefined ? {} : { body }) })
    return { spotify, token: accessToken, get: to("GET"), post: to("POST"), put: to("PUT"), del: to("DELETE") }
  })

export const basic = (id: string, secret: string): string => `Basic ${btoa(`${id}:${secret}`)}`

export const token = (form: Readonly<Record<string, string>>, authorization?: string) =>
  Effect.flatMap(FakeSpotify.FakeSpotify, (spotify) =>
    send("POST", `${spotify.accountsUrl}/api/token`, {
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(form).toString(),
      contentType: "application/x-www-form-urlencoded"
    }))
