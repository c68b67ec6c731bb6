/**
 * The cookie that tells browsers apart: a random session id with its signature (HMAC-SHA256), so that an id which is
 * guessed, altered or read from the database opens nothing.
 */
import { Cookies, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Config, Context, Duration, Effect, Encoding, Layer, Option, Redacted } from "effect"

export class SessionCookie extends Context.Tag("web-app/SessionCookie")<SessionCookie, {
  /** The session id of the request; none where there is no cookie or its signature isn't ours. */
  readonly read: Effect.Effect<Option.Option<string>, never, HttpServerRequest.HttpServerRequest>
  readonly set: (
    response: HttpServerResponse.HttpServerResponse,
    id: string
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse>
  readonly clear: (response: HttpServerResponse.HttpServerResponse) => HttpServerResponse.HttpServerResponse
}>() {}

const name = "session"

/** From SESSION_SECRET; without it a new one, and then a restart signs everybody out. */
const secret = Effect.flatMap(
  Config.option(
    Config.redacted(Config.nonEmptyString("SESSION_SECRET")).pipe(
      Config.validate({
        message: "Expected SESSION_SECRET to have at least 32 characters, for example from: openssl rand -base64 32",
        validation: (secret) => Redacted.value(secret).length >= 32
      })
    )
  ),
  Option.match({
    onNone: () =>
      Effect.as(
        Effect.logWarning("SESSION_SECRET isn't set: sign-ins last until this process ends"),
        crypto.getRandomValues(new Uint8Array(32))
      ),
    onSome: (secret) => Effect.succeed(new TextEncoder().encode(Redacted.value(secret)))
  })
)

/** `secure` for a site on https: browsers then send the cookie over nothing else. */
export const layer = (options: { readonly secure: boolean }) =>
  Layer.effect(
    SessionCookie,
    Effect.gen(function*() {
      const raw = yield* secret
      const algorithm = { name: "HMAC", hash: "SHA-256" }
      const key = yield* Effect.promise(() => crypto.subtle.importKey("raw", raw, algorithm, false, ["sign", "verify"]))
      const bytes = (id: string) => new TextEncoder().encode(id)
      const sign = (id: string) =>
        Effect.map(
          Effect.promise(() => crypto.subtle.sign("HMAC", key, bytes(id))),
          (signature) => Encoding.encodeBase64Url(new Uint8Array(signature))
        )
      // SameSite=Lax keeps other sites from posting as the user, and still comes along when Spotify sends them back.
      const attributes: Cookies.Cookie["options"] = {
        httpOnly: true,
        sameSite: "lax",
        secure: options.secure,
        path: "/"
      }
      return SessionCookie.of({
        read: Effect.gen(function*() {
          const { cookies } = yield* HttpServerRequest.HttpServerRequest
          const [id = "", signature = ""] = (cookies[name] ?? "").split(".")
          const decoded = Encoding.decodeBase64Url(signature)
          if (id === "" || decoded._tag === "Left") return Option.none()
          const given = new Uint8Array(decoded.right)
          const ours = yield* Effect.promise(() => crypto.subtle.verify("HMAC", key, given, bytes(id)))
          return ours ? Option.some(id) : Option.none()
        }),
        set: (response, id) =>
          Effect.map(sign(id), (signature) =>
            HttpServerResponse.unsafeSetCookie(response, name, `${id}.${signature}`, {
              ...attributes,
              // As long as Spotify's refresh tokens last.
              maxAge: Duration.days(180)
            })),
        clear: HttpServerResponse.expireCookie(name, attributes)
      })
    })
  )
