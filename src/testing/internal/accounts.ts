import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import type { Incoming, Reply } from "./http.js"
import { html, json, oauthError, redirect, text } from "./http.js"

export interface Client {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly redirectUris: ReadonlyArray<string> | undefined
}

interface Code {
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string | undefined
  readonly scopes: ReadonlyArray<string>
  readonly userId: string
  readonly expiresAt: number
}

export interface AccessToken {
  readonly clientId: string
  /** Absent for a token of the client credentials flow. */
  readonly userId: string | undefined
  readonly scopes: ReadonlyArray<string>
  expiresAt: number
}

interface RefreshToken {
  readonly clientId: string
  readonly userId: string
  readonly scopes: ReadonlyArray<string>
  readonly pkce: boolean
  readonly authorizedAt: number
  revoked: boolean
}

export interface Settings {
  readonly clients: ReadonlyArray<Client>
  readonly consent: "automatic" | "page"
  readonly userIds: ReadonlyArray<string>
  readonly tokenLifetime: number
  readonly refreshTokens: "keep" | "rotate"
  readonly refreshTokenLifetime: number
  /** Makes the tokens of one fake unknown to the next. */
  readonly salt: string
}

export const allScopes: ReadonlyArray<string> = [
  "app-remote-control",
  "playlist-modify-private",
  "playlist-modify-public",
  "playlist-read-collaborative",
  "playlist-read-private",
  "streaming",
  "ugc-image-upload",
  "user-follow-modify",
  "user-follow-read",
  "user-library-modify",
  "user-library-read",
  "user-modify-playback-state",
  "user-read-currently-playing",
  "user-read-email",
  "user-read-playback-position",
  "user-read-playback-state",
  "user-read-private",
  "user-read-recently-played",
  "user-top-read"
]

const codeLifetime = 10 * 60_000

const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(?=[:/?#]|$)/

/** Spotify's redirect URI rules: https, a loopback IP literal, or a scheme of one's own. */
const redirectUriProblem = (uri: string, client: Client): string | undefined => {
  if (!URL.canParse(uri)) return "INVALID_CLIENT: Invalid redirect URI"
  const { hostname, protocol } = new URL(uri)
  if (hostname === "localhost" || protocol === "http:" && !loopback.test(uri)) {
    return "INVALID_CLIENT: Insecure redirect URI"
  }
  // A loopback URI that was registered without a port accepts any port.
  const withoutPort = uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+/, "$1")
  return client.redirectUris === undefined || client.redirectUris.includes(uri) ||
      client.redirectUris.includes(withoutPort)
    ? undefined
    : "INVALID_CLIENT: Invalid redirect URI"
}

const withParams = (uri: string, params: Record<string, string | null>): string => {
  const url = new URL(uri)
  for (const [key, value] of Object.entries(params)) {
    if (value !== null) url.searchParams.set(key, value)
  }
  return url.toString()
}

const escape = (value: string): string => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const consentPage = (client: string, scopes: ReadonlyArray<string>, userIds: ReadonlyArray<string>): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>FakeSpotify: authorize</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 12vh auto; padding: 0 1rem }
button, select { font: inherit; padding: .5rem 1.2rem; border-radius: 2rem; border: 1px solid #999; background: Canvas; color: CanvasText }
button[value=agree] { background: #1a7f4b; border-color: #1a7f4b; color: #fff }
</style></head><body>
<h1>FakeSpotify</h1>
<p><strong>${escape(client)}</strong> would like to use your account${scopes.length === 0 ? "." : " with:"}</p>
<ul>${scopes.map((scope) => `<li>${escape(scope)}</li>`).join("")}</ul>
<form method="post">
<p><label>Account <select name="user">${
    userIds.map((user) => `<option>${escape(user)}</option>`).join("")
  }</select></label></p>
<p><button name="decision" value="agree">Agree</button> <button name="decision" value="cancel">Cancel</button></p>
</form></body></html>`

/** base64url(SHA-256(verifier)), as RFC 7636 has it. */
export const challengeOf = (verifier: string): Effect.Effect<string> =>
  Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))).pipe(
    Effect.map((digest) => Encoding.encodeBase64Url(new Uint8Array(digest)))
  )

const basicCredentials = (header: string | undefined): readonly [string, string] | undefined => {
  const match = /^Basic\s+([A-Za-z0-9+/]+=*)$/.exec(header ?? "")
  if (match?.[1] === undefined) return undefined
  const [clientId = "", ...secret] = atob(match[1]).split(":")
  return [clientId, secret.join(":")]
}

/** In the header, or in the form, where some clients put them (RFC 6749, section 2.3.1). */
const credentialsOf = (header: string | undefined, form: URLSearchParams): readonly [string, string] | undefined => {
  const [clientId, secret] = [form.get("client_id"), form.get("client_secret")]
  return basicCredentials(header) ?? (clientId === null || secret === null ? undefined : [clientId, secret])
}

const pages = {
  unknownClient: text("INVALID_CLIENT: Invalid client", 400),
  responseType: text("response_type must be code", 400),
  challengeMethod: text("code_challenge_method must be S256", 400),
  scope: text("Illegal scope", 400)
}

const invalidClient = oauthError("invalid_client", "Invalid client")
const invalidSecret = oauthError("invalid_client", "Invalid client secret")
const invalidCode = oauthError("invalid_grant", "Invalid authorization code")
const invalidRefreshToken = oauthError("invalid_grant", "Invalid refresh token")

/** accounts.spotify.com: who may sign in, and every code and token that was given out. */
export class Accounts {
  private readonly codes = new Map<string, Code>()
  readonly accessTokens = new Map<string, AccessToken>()
  readonly refreshTokens = new Map<string, RefreshToken>()
  private issued = 0

  constructor(readonly settings: Settings) {}

  private next(kind: string): string {
    return `fake-${kind}-${this.settings.salt}-${++this.issued}`
  }

  authorize(request: Incoming, now: number): Reply {
    const query = request.url.searchParams
    const client = this.settings.clients.find((client) => client.clientId === query.get("client_id"))
    if (client === undefined) return pages.unknownClient
    const redirectUri = query.get("redirect_uri") ?? ""
    const problem = redirectUriProblem(redirectUri, client)
    if (problem !== undefined) return text(problem, 400)
    if (query.get("response_type") !== "code") return pages.responseType
    const challenge = query.get("code_challenge") ?? undefined
    if (challenge !== undefined && query.get("code_challenge_method") !== "S256") return pages.challengeMethod
    const scopes = (query.get("scope") ?? "").split(" ").filter((scope) => scope !== "")
    if (scopes.some((scope) => !allScopes.includes(scope))) return pages.scope

    const form = new URLSearchParams(request.method === "POST" ? request.body : "")
    if (request.method !== "POST" && this.settings.consent === "page") {
      return html(consentPage(client.clientId, scopes, this.settings.userIds))
    }
    const state = query.get("state")
    if (form.get("decision") === "cancel") return redirect(withParams(redirectUri, { error: "access_denied", state }))
    const userId = form.get("user") ?? this.settings.userIds[0] ?? ""
    if (!this.settings.userIds.includes(userId)) return text("Unknown user", 400)
    const code = this.next("code")
    this.codes.set(code, {
      clientId: client.clientId,
      redirectUri,
      challenge,
      scopes,
      userId,
      expiresAt: now + codeLifetime
    })
    return redirect(withParams(redirectUri, { code, state }))
  }

  /** `challenge` is that of the request's `code_verifier`, where it has one. */
  token(request: Incoming, challenge: string | undefined, now: number): Reply {
    const form = new URLSearchParams(request.body)
    const credentials = credentialsOf(request.headers["authorization"], form)
    const clientId = credentials?.[0] ?? form.get("client_id")
    const client = this.settings.clients.find((client) => client.clientId === clientId)
    switch (form.get("grant_type")) {
      case null:
        return oauthError("unsupported_grant_type", "grant_type parameter is missing")
      case "authorization_code": {
        if (client === undefined) return invalidClient
        if (credentials !== undefined && credentials[1] !== client.clientSecret) return invalidSecret
        return this.exchangeCode(client, form, credentials !== undefined, challenge, now)
      }
      case "refresh_token": {
        if (client === undefined) return invalidClient
        if (credentials !== undefined && credentials[1] !== client.clientSecret) return invalidSecret
        return this.refresh(client, form.get("refresh_token"), credentials === undefined, now)
      }
      case "client_credentials": {
        if (client === undefined || credentials === undefined) return invalidClient
        if (credentials[1] !== client.clientSecret) return invalidSecret
        return this.granted(client.clientId, undefined, [], undefined, now)
      }
      default:
        return oauthError(
          "unsupported_grant_type",
          "grant_type must be client_credentials, authorization_code or refresh_token"
        )
    }
  }

  private exchangeCode(
    client: Client,
    form: URLSearchParams,
    confidential: boolean,
    challenge: string | undefined,
    now: number
  ): Reply {
    const value = form.get("code") ?? ""
    const code = this.codes.get(value)
    if (code === undefined || code.clientId !== client.clientId) return invalidCode
    // Once shown, a code is used up, whatever becomes of the exchange.
    this.codes.delete(value)
    if (code.expiresAt <= now) return oauthError("invalid_grant", "Authorization code expired")
    if (form.get("redirect_uri") !== code.redirectUri) return oauthError("invalid_grant", "Invalid redirect URI")
    if (code.challenge === undefined && !confidential) return invalidClient
    if (code.challenge !== undefined) {
      if (challenge === undefined) return oauthError("invalid_request", "code_verifier required")
      if (!/^[A-Za-z0-9_.~-]{43,128}$/.test(form.get("code_verifier") ?? "")) {
        return oauthError("invalid_request", "code_verifier must be 43 to 128 characters of A-Z a-z 0-9 _ . - ~")
      }
      if (challenge !== code.challenge) return oauthError("invalid_grant", "code_verifier was incorrect")
    }
    const refreshToken = this.addRefreshToken(client.clientId, code.userId, code.scopes, !confidential, now)
    return this.granted(client.clientId, code.userId, code.scopes, refreshToken, now)
  }

  private refresh(client: Client, value: string | null, withoutSecret: boolean, now: number): Reply {
    if (value === null || value === "") return oauthError("invalid_request", "refresh_token must be supplied")
    const token = this.refreshTokens.get(value)
    if (token === undefined || token.clientId !== client.clientId) return invalidRefreshToken
    // A public client sends its id and no secret, a confidential one authenticates.
    if (token.pkce !== withoutSecret) return invalidClient
    if (token.revoked) return oauthError("invalid_grant", "Refresh token revoked")
    if (token.authorizedAt + this.settings.refreshTokenLifetime <= now) {
      return oauthError("invalid_grant", "Refresh token expired")
    }
    const rotate = this.settings.refreshTokens === "rotate"
    if (rotate) token.revoked = true
    const refreshToken = rotate
      ? this.addRefreshToken(client.clientId, token.userId, token.scopes, token.pkce, token.authorizedAt)
      : undefined
    return this.granted(client.clientId, token.userId, token.scopes, refreshToken, now)
  }

  private granted(
    clientId: string,
    userId: string | undefined,
    scopes: ReadonlyArray<string>,
    refreshToken: string | undefined,
    now: number
  ): Reply {
    return json(
      {
        access_token: this.addAccessToken(clientId, userId, scopes, now),
        token_type: "Bearer",
        expires_in: this.settings.tokenLifetime / 1000,
        refresh_token: refreshToken,
        scope: userId === undefined ? undefined : scopes.join(" ")
      },
      200,
      { "cache-control": "no-store" }
    )
  }

  addAccessToken(
    clientId: string,
    userId: string | undefined,
    scopes: ReadonlyArray<string>,
    now: number,
    lifetime: number = this.settings.tokenLifetime
  ): string {
    const token = this.next("access-token")
    this.accessTokens.set(token, { clientId, userId, scopes, expiresAt: now + lifetime })
    return token
  }

  addRefreshToken(
    clientId: string,
    userId: string,
    scopes: ReadonlyArray<string>,
    pkce: boolean,
    authorizedAt: number
  ): string {
    const token = this.next("refresh-token")
    this.refreshTokens.set(token, { clientId, userId, scopes, pkce, authorizedAt, revoked: false })
    return token
  }
}
