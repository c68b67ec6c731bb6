/**
 * A Spotify without network: both of its hosts, with sign-in, tokens, the whole Web API over an invented catalogue,
 * and failures on demand. In the same process it is an `HttpClient`; on a port it is an `HttpApp`.
 *
 * @since 0.1.0
 */
import * as Headers from "@effect/platform/Headers"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpServer from "@effect/platform/HttpServer"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { InvalidInput } from "../core/SpotifyError.js"
import { Accounts, allScopes } from "./internal/accounts.js"
import { makeClient, makeHttpApp } from "./internal/adapters.js"
import type { ConnectionReset } from "./internal/adapters.js"
import * as Catalogue from "./internal/catalogue.js"
import { handleByOrigin, handleByPath } from "./internal/core.js"
import type { Core, Entry } from "./internal/core.js"
import { Faults, matches } from "./internal/faults.js"
import type { Fault as InternalFault, Match as InternalMatch } from "./internal/faults.js"
import * as Http from "./internal/http.js"
import * as Input from "./internal/input.js"
import type { RepeatState as InternalRepeatState } from "./internal/player.js"
import * as Rate from "./internal/rate.js"
import { findRoute } from "./internal/routes.js"
import * as Seeds from "./internal/seed.js"
import { snapshotOf, World } from "./internal/world.js"
import type { User } from "./internal/world.js"

/**
 * What the player repeats.
 *
 * @since 0.2.0
 * @category models
 */
export type RepeatState = InternalRepeatState

/**
 * How a fake Spotify behaves. Every member has a default; what can't be right, or isn't known, is `InvalidInput` where the
 * fake is made.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The app's client id: `"fake-client-id"`. */
  readonly clientId?: string | undefined
  /** The app's client secret: `"fake-client-secret"`. */
  readonly clientSecret?: string | undefined
  /** The redirect URIs that the app has registered; absent, any that Spotify's rules allow. */
  readonly redirectUris?: ReadonlyArray<string> | undefined
  /** Further apps. */
  readonly clients?: ReadonlyArray<ClientOptions> | undefined
  /** `"automatic"` (default) agrees at once, `"page"` shows a page with an Agree and a Cancel button. */
  readonly consent?: "automatic" | "page" | undefined
  /**
   * Who has an account: `fake-user`, who signs in unless another is chosen, and `other-user`. Left out where the seed has
   * users.
   */
  readonly users?: ReadonlyArray<UserOptions> | undefined
  /** How long an access token is good: one hour. */
  readonly tokenLifetime?: Duration.DurationInput | undefined
  /** `"keep"` (default, Spotify since June 2026) keeps the refresh token, `"rotate"` gives a new one each time. */
  readonly refreshTokens?: "keep" | "rotate" | undefined
  /** How long after the user's consent a refresh token is good: 180 days. */
  readonly refreshTokenLifetime?: Duration.DurationInput | undefined
  /** The quota mode of the app: `"extended"` (default) or `"development"`. */
  readonly mode?: "extended" | "development" | undefined
  /** A rolling window: beyond `requests` in any `window`, the Web API answers 429. */
  readonly budget?:
    | { readonly requests: number; readonly window: Duration.DurationInput; readonly retryAfter?: boolean | undefined }
    | undefined
  /** A token bucket: `burst` at once and `rate` a second, beyond which the Web API answers 429. */
  readonly bucket?:
    | { readonly rate: number; readonly burst: number; readonly retryAfter?: boolean | undefined }
    | undefined
  /** How long each answer takes: no time. A request takes effect on arrival. */
  readonly latency?: Duration.DurationInput | undefined
  /** What there is of your own beside the invented catalogue. With it, libraries and playlists have what it says alone. */
  readonly seed?: Seed | undefined
  /** How many tracks the first user has saved: 120. Left out where there is a seed. */
  readonly librarySize?: number | undefined
  /** Whether a device is active at the start: true. */
  readonly activeDevice?: boolean | undefined
  /** How playlists are read: at once, whole, and as they are. */
  readonly playlists?: PlaylistOptions | undefined
}

/**
 * What reading a playlist doesn't tell, or not yet.
 *
 * @since 0.2.0
 * @category models
 */
export interface PlaylistOptions {
  /**
   * How long after a change a read tells the `snapshot_id` from before it; Spotify's takes up to 30 seconds. Above 0 a
   * move is done in the version that it names, and what came of it is put in the one of now.
   */
  readonly snapshotLag?: Duration.DurationInput | undefined
  /** How long after a change a read tells the entries from before it; Spotify's takes about 0.6 seconds. */
  readonly entriesLag?: Duration.DurationInput | undefined
  /** The uris of entries that are there, and are read as `null`. */
  readonly unreadable?: ReadonlyArray<string> | undefined
  /** By uri, the track that is shown in its place where a market is asked for, without `linked_from`. */
  readonly relinked?: { readonly [uri: string]: string } | undefined
}

/**
 * An app that is registered with the fake.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientOptions {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  readonly redirectUris?: ReadonlyArray<string> | undefined
}

/**
 * A user account, in the members of Spotify's user profile.
 *
 * @since 0.1.0
 * @category models
 */
export interface UserOptions {
  readonly id: string
  readonly display_name?: string | null | undefined
  readonly email?: string | undefined
  readonly country?: string | undefined
  readonly product?: "premium" | "free" | undefined
}

/**
 * What there is of your own: things that have a name, and what else you want to say of them; the rest is made up. Plain
 * data, which may be kept as JSON. Names stand for what they name: in a playlist's `items`, a track's name is the track of
 * the seed.
 *
 * Search, top lists and new releases show what the seed has of a kind, and nothing invented of that kind; invented things
 * are still there by their ids.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface Seed {
  readonly artists?: ReadonlyArray<ArtistSeed> | undefined
  readonly albums?: ReadonlyArray<AlbumSeed> | undefined
  readonly tracks?: ReadonlyArray<TrackSeed> | undefined
  readonly playlists?: ReadonlyArray<PlaylistSeed> | undefined
  /** Who has an account; the first is the one who signs in. */
  readonly users?: ReadonlyArray<UserSeed> | undefined
}

/**
 * An artist of your own.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface ArtistSeed {
  /** 22 letters and digits. */
  readonly id?: string | undefined
  readonly name: string
  readonly genres?: ReadonlyArray<string> | undefined
  readonly followers?: number | undefined
  readonly popularity?: number | undefined
}

/**
 * What is said of a track on its album.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface AlbumTrackSeed {
  /** 22 letters and digits. */
  readonly id?: string | undefined
  readonly name: string
  /** Names, or ids of artists that there are; who isn't there yet is made. Those of the album unless said. */
  readonly artists?: ReadonlyArray<string> | undefined
  readonly track_number?: number | undefined
  /** Three minutes unless said. */
  readonly duration_ms?: number | undefined
  readonly explicit?: boolean | undefined
  readonly isrc?: string | undefined
  readonly popularity?: number | undefined
}

/**
 * A track of your own.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface TrackSeed extends AlbumTrackSeed {
  /** The name or id of an album of the seed, or the name of a new one; a single of the track's own name unless said. */
  readonly album?: string | undefined
}

/**
 * An album of your own.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface AlbumSeed {
  /** 22 letters and digits. */
  readonly id?: string | undefined
  readonly name: string
  /** Names, or ids of artists that there are; who isn't there yet is made. */
  readonly artists?: ReadonlyArray<string> | undefined
  /** Its tracks in order, each a name or more; those of the seed's `tracks` that name this album follow. */
  readonly tracks?: ReadonlyArray<string | AlbumTrackSeed> | undefined
  readonly album_type?: "album" | "single" | "compilation" | "ep" | undefined
  /** A year, a month or a day: `1965`, `1965-06`, `1965-06-01`. */
  readonly release_date?: string | undefined
  readonly genres?: ReadonlyArray<string> | undefined
  readonly label?: string | undefined
  readonly popularity?: number | undefined
}

/**
 * A playlist of your own.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface PlaylistSeed {
  /** 22 letters and digits. */
  readonly id?: string | undefined
  readonly name: string
  /** A user's id; the first user unless said. */
  readonly owner?: string | undefined
  readonly description?: string | null | undefined
  /** True unless said, or where it is collaborative. */
  readonly public?: boolean | undefined
  readonly collaborative?: boolean | undefined
  /** Names of tracks of the seed, URIs of tracks and episodes that there are, or URIs of local files. */
  readonly items?: ReadonlyArray<string> | undefined
  /** Users who follow it beside its owner. */
  readonly followers?: ReadonlyArray<string> | undefined
}

/**
 * A user account with its library.
 *
 * @since 0.2.0
 * @category seeds
 */
export interface UserSeed extends UserOptions {
  /** What is saved, newest first: names of tracks of the seed, or URIs of anything that there is. */
  readonly saved?: ReadonlyArray<string> | undefined
  /** Names of artists of the seed, URIs of artists that there are, or ids of users. */
  readonly following?: ReadonlyArray<string> | undefined
}

/**
 * Something that goes wrong with a request.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fault extends InternalFault {}

/**
 * Which requests are meant: all that fit every member that is there. `path` is the one on the wire
 * (`/v1/me`, `/api/token`), or a pattern for it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Match extends InternalMatch {}

/**
 * A request that the fake has seen.
 *
 * @since 0.1.0
 * @category models
 */
export interface SeenRequest {
  readonly method: string
  /** `accounts`, `api`, `images`, or the host of another server that was asked for. */
  readonly host: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names; `authorization` is redacted. */
  readonly headers: Readonly<Record<string, string | Redacted.Redacted>>
  readonly body: string
  /** The operation, for example `GET /tracks/{id}`, where there is one. */
  readonly operation: string | undefined
  /** Milliseconds since 1970 by Effect's Clock. */
  readonly time: number
  readonly status: number | undefined
  /** `lost`: the connection broke. `aborted`: the client gave up before the answer came. */
  readonly outcome: "pending" | "answered" | "lost" | "aborted"
}

/**
 * What `issueToken` gives.
 *
 * @since 0.1.0
 * @category models
 */
export interface IssuedToken {
  readonly accessToken: Redacted.Redacted
  /** Absent for a token without a user. */
  readonly refreshToken: Redacted.Redacted | undefined
  readonly scopes: ReadonlyArray<string>
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * A playlist as the fake keeps it. An entry whose content is gone has the uri `null`.
 *
 * @since 0.1.0
 * @category models
 */
export interface PlaylistState {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly description: string | null
  readonly public: boolean
  readonly collaborative: boolean
  readonly uris: ReadonlyArray<string | null>
  readonly snapshotId: string
  readonly followers: ReadonlyArray<string>
  readonly hasCustomCover: boolean
}

/**
 * What a user's player does.
 *
 * @since 0.1.0
 * @category models
 */
export interface PlayerState {
  readonly uri: string | undefined
  readonly context: string | null
  readonly isPlaying: boolean
  readonly progressMs: number
  readonly activeDevice: string | undefined
  readonly queue: ReadonlyArray<string>
  readonly repeat: RepeatState
  readonly shuffle: boolean
}

/**
 * What the fake would show in a browser in place of a redirect.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthorizePageError extends Data.TaggedError("AuthorizePageError")<{
  readonly status: number
  readonly page: string
}> {
  override get message(): string {
    return `Spotify shows a page (${this.status}) and does not redirect: ${this.page}`
  }
}

/**
 * A Spotify of its own: two of them know nothing of each other. What it is given and can't be right is `InvalidInput`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Where to authorize and get tokens: `https://accounts.spotify.com`, or that of the port. */
  readonly accountsUrl: string
  /** Where the Web API is: `https://api.spotify.com/v1`, or that of the port. */
  readonly apiUrl: string
  /** Answers requests to Spotify's hosts in this process; any other host is a lost connection. */
  readonly client: HttpClient.HttpClient
  /** Answers the paths of both hosts: `/authorize`, `/api/token`, `/v1/…` and pictures at `/image/…`. */
  readonly httpApp: HttpApp.Default

  /** The requests so far, oldest first. */
  readonly requests: Effect.Effect<ReadonlyArray<SeenRequest>>
  /** How many requests there were that match. */
  readonly count: (match?: Match) => Effect.Effect<number, InvalidInput>
  /** How many requests each operation got, by `GET /tracks/{id}`. */
  readonly counts: Effect.Effect<Readonly<Record<string, number>>>
  readonly clearRequests: Effect.Effect<void>

  /** Lets the next requests that match fail: each fault for `times` of them (1), one fault after the other. */
  readonly failNext: (
    fault: Fault | ReadonlyArray<Fault>,
    options?: { readonly times?: number | undefined; readonly on?: Match | undefined }
  ) => Effect.Effect<void, InvalidInput>
  /** Forgets the faults that are still to come. */
  readonly clearFaults: Effect.Effect<void>

  /**
   * Gives a token without the sign-in. `user: null` gives one of the client credentials flow;
   * `pkce` makes the refresh token one of a public client.
   */
  readonly issueToken: (options?: {
    readonly scopes?: ReadonlyArray<string> | undefined
    readonly user?: string | null | undefined
    readonly expiresIn?: Duration.DurationInput | undefined
    readonly pkce?: boolean | undefined
    readonly clientId?: string | undefined
  }) => Effect.Effect<IssuedToken, InvalidInput>
  /** Lets all access tokens expire now. */
  readonly expireAccessTokens: Effect.Effect<void>
  /** Forgets all access tokens, so that they are invalid. */
  readonly revokeAccessTokens: Effect.Effect<void>
  /** Revokes the refresh tokens, of one user or of all. */
  readonly revokeRefreshTokens: (user?: string) => Effect.Effect<void, InvalidInput>
  /** Changes the quota mode of the app. */
  readonly setMode: (mode: "extended" | "development") => Effect.Effect<void, InvalidInput>
  /**
   * Plays the browser and the user: opens an authorize URL, agrees (or with `approve: false` cancels), and gives the
   * URL that the browser is sent back to.
   */
  readonly authorize: (
    url: string | URL,
    options?: { readonly approve?: boolean | undefined; readonly user?: string | undefined }
  ) => Effect.Effect<string, AuthorizePageError | InvalidInput>

  /** What the fake keeps, for assertions. Without a user, that of the first one; one whom it doesn't know is `InvalidInput`. */
  readonly state: {
    /** The saved uris of a kind (tracks), newest first. */
    readonly saved: (
      kind?: "track" | "album" | "show" | "episode" | "audiobook",
      user?: string
    ) => Effect.Effect<ReadonlyArray<string>, InvalidInput>
    /** The uris of the artists, users and playlists that a user follows. */
    readonly following: (user?: string) => Effect.Effect<ReadonlyArray<string>, InvalidInput>
    readonly playlist: (id: string) => Effect.Effect<Option.Option<PlaylistState>>
    /** The playlists in a user's library. */
    readonly playlists: (user?: string) => Effect.Effect<ReadonlyArray<PlaylistState>, InvalidInput>
    readonly player: (user?: string) => Effect.Effect<PlayerState, InvalidInput>
  }
}

/**
 * The fake Spotify of a test or an example.
 *
 * @since 0.1.0
 * @category tags
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { FakeSpotify } from "effect-spotify/testing"
 *
 * const test = Effect.gen(function*() {
 *   const spotify = yield* FakeSpotify.FakeSpotify
 *   yield* spotify.failNext(FakeSpotify.tooManyRequests(2))
 *   // … the program under test, which takes its HttpClient from the same layer …
 *   const requests = yield* spotify.requests
 * }).pipe(Effect.provide(FakeSpotify.layer()))
 * ```
 */
export class FakeSpotify extends Context.Tag("effect-spotify/testing/FakeSpotify")<FakeSpotify, Service>() {}

const instead = (status: number, headers: Readonly<Record<string, string>>, body: string): Fault => ({
  applied: false,
  delay: undefined,
  outcome: { status, headers, body }
})

const contentTypes = { json: "application/json; charset=utf-8", text: "text/plain; charset=utf-8", html: "text/html" }

const refusing = (refused: InvalidInput): Fault => ({ ...connectionReset, refused })

/**
 * Any answer in place of the true one. Without a body it is an empty one.
 *
 * @since 0.1.0
 * @category faults
 */
export const reply = (
  status: number,
  body?:
    | { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> | undefined }
    | { readonly text: string; readonly headers?: Readonly<Record<string, string>> | undefined }
    | { readonly html: string; readonly headers?: Readonly<Record<string, string>> | undefined }
    | { readonly headers: Readonly<Record<string, string>> }
): Fault => {
  const checked = Input.ofReply(body)
  if (Either.isLeft(checked)) return refusing(checked.left)
  const headers = body?.headers ?? {}
  if (body === undefined) return instead(status, headers, "")
  if ("json" in body) {
    return Either.match(Input.ofJson(body.json), {
      onLeft: refusing,
      onRight: (text) => instead(status, { "content-type": contentTypes.json, ...headers }, text)
    })
  }
  if ("text" in body) return instead(status, { "content-type": contentTypes.text, ...headers }, body.text)
  if ("html" in body) return instead(status, { "content-type": contentTypes.html, ...headers }, body.html)
  return instead(status, headers, "")
}

/**
 * The Web API's error body: `{"error":{"status":…,"message":…,"reason":…}}`.
 *
 * @since 0.1.0
 * @category faults
 */
export const apiError = (status: number, message: string, reason?: string): Fault =>
  reply(status, { json: { error: { status, message, reason } } })

/**
 * The token endpoint's error body (RFC 6749, section 5.2), with status 400 unless another is given.
 *
 * @since 0.1.0
 * @category faults
 */
export const oauthError = (error: string, description?: string, status = 400): Fault =>
  reply(status, { json: { error, error_description: description } })

/**
 * 429, with `Retry-After` in seconds (or as any text) or without the header.
 *
 * @since 0.1.0
 * @category faults
 */
export const tooManyRequests = (retryAfter?: number | string): Fault =>
  Either.match(Input.ofRetryAfter(retryAfter), {
    onLeft: refusing,
    onRight: () => ({ applied: false, delay: undefined, outcome: Rate.tooManyRequests(retryAfter) })
  })

/**
 * 429 with the reason `QUOTA_EXCEEDED`: waiting does not help.
 *
 * @since 0.1.0
 * @category faults
 */
export const quotaExceeded: Fault = apiError(429, "Too many requests", "QUOTA_EXCEEDED")

/**
 * A redirect to another place.
 *
 * @since 0.1.0
 * @category faults
 */
export const redirectTo = (location: string, status = 302): Fault => reply(status, { headers: { location } })

/**
 * The connection breaks before the request is read. In process it is a `RequestError` with the reason `Transport`. On
 * a port the socket is destroyed where the platform shows it (Node); elsewhere a response begins and its body fails.
 *
 * @since 0.1.0
 * @category faults
 */
export const connectionReset: Fault = { applied: false, delay: undefined, outcome: "reset" }

/**
 * The true answer with the second half of its body missing, as if that were all.
 *
 * @since 0.1.0
 * @category faults
 */
export const cutOff: Fault = { applied: true, delay: undefined, outcome: "cutOff" }

/**
 * The connection breaks after half of the true answer's body.
 *
 * @since 0.1.0
 * @category faults
 */
export const brokenOff: Fault = { applied: true, delay: undefined, outcome: "brokenOff" }

/**
 * The true answer, late: the request takes effect at once.
 *
 * @since 0.1.0
 * @category faults
 */
export const slow = (delay: Duration.DurationInput): Fault => ({ applied: true, delay, outcome: "pass" })

/**
 * Another fault, late.
 *
 * @since 0.1.0
 * @category faults
 */
export const delayed = (fault: Fault, delay: Duration.DurationInput): Fault => ({ ...fault, delay })

/**
 * Another fault after the request has done its work: what a client can't tell from one before.
 *
 * @since 0.1.0
 * @category faults
 * @example
 * ```ts
 * import { FakeSpotify } from "effect-spotify/testing"
 *
 * const inDoubt = FakeSpotify.afterApplying(FakeSpotify.connectionReset)
 * ```
 */
export const afterApplying = (fault: Fault): Fault => ({ ...fault, applied: true })

/**
 * The id of a track with an album and an artist, the one of Spotify's own examples.
 *
 * @since 0.1.0
 * @category catalogue
 */
export const trackId: string = Catalogue.knownTrackId

/**
 * A kind of thing that has an id.
 *
 * @since 0.1.0
 * @category catalogue
 */
export type Kind = Catalogue.Kind

/**
 * The id of the nth thing of a kind, counted from 0. There are 144,000 tracks (12 to an album), 12,000 albums (12 to
 * an artist), 1,000 artists, 20 shows of 25 episodes, 12 audiobooks of 14 chapters, and playlists as they are created.
 *
 * @since 0.1.0
 * @category catalogue
 */
export const id: (kind: Kind, n: number) => string = Catalogue.id

/**
 * The Spotify URI of the nth thing of a kind.
 *
 * @since 0.1.0
 * @category catalogue
 */
export const uri: (kind: Kind, n: number) => string = Catalogue.uri

/**
 * The id of the nth thing of a kind in a seed that gives it none, counted from 0: artists, albums and playlists in their
 * order; tracks in that of the albums that have them, and then those of `tracks`.
 *
 * @since 0.2.0
 * @category seeds
 */
export const seedId: (kind: "artist" | "album" | "track" | "playlist", n: number) => string = Seeds.id

/**
 * Reads a seed from anything, such as a parsed JSON file.
 *
 * @since 0.2.0
 * @category seeds
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { FakeSpotify } from "effect-spotify/testing"
 *
 * const spotify = Effect.flatMap(
 *   FakeSpotify.readSeed(JSON.parse(`{ "tracks": [{ "name": "Feeling Good", "artists": ["Nina Simone"] }] }`)),
 *   (seed) => FakeSpotify.make({ seed })
 * )
 * ```
 */
export const readSeed = (input: unknown): Effect.Effect<Seed, InvalidInput> => Seeds.read(input)

/**
 * All scopes that there are.
 *
 * @since 0.1.0
 * @category catalogue
 */
export const scopes: ReadonlyArray<string> = allScopes

const defaultUsers: ReadonlyArray<UserOptions> = [
  { id: "fake-user", display_name: "Fake User" },
  { id: "other-user", display_name: "Other User" }
]

const makeRate = (options: Options): Rate.RateLimit =>
  options.budget !== undefined
    ? Rate.rolling(options.budget.requests, Duration.toMillis(options.budget.window))
    : options.bucket !== undefined
    ? Rate.bucket(options.bucket.rate, options.bucket.burst)
    : Rate.unlimited

const salt = Effect.map(
  Random.nextIntBetween(0, 36 ** 6),
  (n) => n.toString(36).padStart(6, "0")
)

/** Who has an account, and what there is. */
const peopled = (options: Options) =>
  Either.gen(function*() {
    yield* Input.ofFake(options)
    const seed = options.seed === undefined ? undefined : yield* Seeds.read(options.seed)
    const users: ReadonlyArray<UserOptions> = seed?.users ?? options.users ?? defaultUsers
    yield* Input.ofUsers(users, seed?.users === undefined ? "users" : "seed.users")
    const planted = seed === undefined ? undefined : yield* Seeds.plant(seed, users.map(({ id }) => id))
    return { users, planted }
  })

const makeCore = (options: Options): Effect.Effect<Core, InvalidInput> =>
  Effect.map(Effect.zip(peopled(options), salt), ([{ planted, users }, salt]) => {
    const clients = [
      {
        clientId: options.clientId ?? "fake-client-id",
        clientSecret: options.clientSecret ?? "fake-client-secret",
        redirectUris: options.redirectUris
      },
      ...options.clients ?? []
    ]
    return {
      world: new World(
        options.mode ?? "extended",
        users.map((user) => ({
          id: user.id,
          display_name: user.display_name === undefined ? user.id : user.display_name,
          email: user.email ?? `${user.id}@example.com`,
          country: user.country ?? "SE",
          product: user.product ?? "premium"
        })),
        options.librarySize ?? 120,
        options.activeDevice ?? true,
        {
          snapshotLag: Duration.toMillis(options.playlists?.snapshotLag ?? 0),
          entriesLag: Duration.toMillis(options.playlists?.entriesLag ?? 0),
          unreadable: new Set(options.playlists?.unreadable),
          relinked: new Map(Object.entries(options.playlists?.relinked ?? {}))
        },
        planted
      ),
      accounts: new Accounts({
        clients: clients.map(({ clientId, clientSecret, redirectUris }) => ({ clientId, clientSecret, redirectUris })),
        consent: options.consent ?? "automatic",
        userIds: users.map((user) => user.id),
        tokenLifetime: Duration.toMillis(options.tokenLifetime ?? "1 hour"),
        refreshTokens: options.refreshTokens ?? "keep",
        refreshTokenLifetime: Duration.toMillis(options.refreshTokenLifetime ?? "180 days"),
        salt
      }),
      faults: new Faults(),
      rate: makeRate(options),
      retryAfter: options.budget?.retryAfter ?? options.bucket?.retryAfter ?? true,
      latency: Duration.decode(options.latency ?? 0),
      entries: []
    }
  })

const operationOf = ({ host, request }: Entry): string | undefined => {
  if (host !== "api") return undefined
  const found = findRoute(request.method, request.url.pathname.replace(/^\/v1(?=\/)/, ""))
  return found === undefined ? undefined : `${found.route.method} ${found.route.path}`
}

const seen = (entry: Entry): SeenRequest => ({
  method: entry.request.method,
  host: entry.host,
  path: entry.request.url.pathname,
  query: Object.fromEntries(entry.request.url.searchParams),
  headers: Headers.redact(Headers.fromInput(entry.request.headers), "authorization"),
  body: entry.request.body,
  operation: operationOf(entry),
  time: entry.time,
  status: entry.status,
  outcome: entry.outcome
})

const makeState = ({ world }: Core): Service["state"] => {
  const userOf = (name: string, id: string | undefined): Effect.Effect<User, InvalidInput> =>
    Effect.suspend(() => {
      const user = id === undefined ? [...world.users.values()][0] : world.users.get(id)
      return user === undefined ? Input.unknownUser(`FakeSpotify.state.${name}`, id, world.users) : Effect.succeed(user)
    })
  const playlistState = (playlist: ReturnType<World["add"]>): PlaylistState => ({
    id: playlist.id,
    owner: playlist.owner,
    name: playlist.name,
    description: playlist.description,
    public: playlist.public,
    collaborative: playlist.collaborative,
    uris: playlist.entries.map((entry) => entry.uri),
    snapshotId: snapshotOf(playlist),
    followers: [...playlist.followers],
    hasCustomCover: playlist.cover !== undefined
  })
  return {
    saved: (kind = "track", user) =>
      Effect.map(userOf("saved", user), (user) => user.saved[kind].map(({ id }) => `spotify:${kind}:${id}`)),
    following: (user) =>
      Effect.map(userOf("following", user), ({ artists, profile, users }) => [
        ...[...artists].map((id) => `spotify:artist:${id}`),
        ...[...users].map((id) => `spotify:user:${id}`),
        ...world.playlistsOf(profile.id).filter(({ owner }) => owner !== profile.id).map(({ id }) =>
          `spotify:playlist:${id}`
        )
      ]),
    playlist: (id) => Effect.sync(() => Option.map(Option.fromNullable(world.playlists.get(id)), playlistState)),
    playlists: (user) =>
      Effect.map(userOf("playlists", user), ({ profile }) => world.playlistsOf(profile.id).map(playlistState)),
    player: (user) =>
      Effect.map(Effect.all([userOf("player", user), Clock.currentTimeMillis]), ([{ player }, now]) => {
        player.advance(now)
        return {
          uri: player.current,
          context: player.context,
          isPlaying: player.playing,
          progressMs: player.progressAt(now),
          activeDevice: player.active,
          queue: player.queue,
          repeat: player.repeat,
          shuffle: player.shuffle
        }
      })
  }
}

const makeAt = (
  options: Options,
  urls: { readonly accountsUrl: string; readonly apiUrl: string }
): Effect.Effect<Service, InvalidInput> =>
  Effect.map(makeCore(options), (core): Service => {
    const { accounts, faults, world } = core
    const clientId = options.clientId ?? "fake-client-id"
    const firstUser = accounts.settings.userIds[0]
    const handle = handleByPath(core)
    const browse = (method: string, url: URL, body: string) =>
      handle({ method, url, headers: { "content-type": "application/x-www-form-urlencoded" }, body }).pipe(
        Effect.catchTag("ConnectionReset", (error: ConnectionReset) =>
          Effect.fail(new AuthorizePageError({ status: 0, page: error.message })))
      )
    return {
      ...urls,
      client: makeClient(handleByOrigin(core)),
      httpApp: makeHttpApp(handle),
      requests: Effect.sync(() =>
        core.entries.map(seen)
      ),
      count: (match = {}) =>
        Effect.map(
          Input.ofMatch(match),
          () => core.entries.filter((entry) => matches(match, entry.host, entry.request)).length
        ),
      counts: Effect.sync(() => {
        const counts: Record<string, number> = {}
        for (const entry of core.entries) {
          const key = operationOf(entry) ?? `${entry.request.method} ${entry.request.url.pathname}`
          counts[key] = (counts[key] ?? 0) + 1
        }
        return counts
      }),
      clearRequests: Effect.sync(() => {
        core.entries = []
      }),
      failNext: (fault, options) =>
        Effect.suspend(() => {
          const all = Arr.ensure(fault)
          return Effect.map(
            Input.ofFaults(all, options),
            () => faults.add(all, options?.times ?? 1, options?.on ?? {})
          )
        }),
      clearFaults: Effect.sync(() => faults.clear()),
      issueToken: (options = {}) =>
        Effect.gen(function*() {
          yield* Input.ofToken(options, world.users)
          const { clientId: client = clientId, expiresIn, pkce = false, scopes = allScopes, user } = options
          const userId = user === null ? undefined : user ?? firstUser
          const now = yield* Clock.currentTimeMillis
          const granted = userId === undefined ? [] : scopes
          const lifetime = expiresIn === undefined ? accounts.settings.tokenLifetime : Duration.toMillis(expiresIn)
          return {
            accessToken: Redacted.make(accounts.addAccessToken(client, userId, granted, now, lifetime)),
            refreshToken: userId === undefined
              ? undefined
              : Redacted.make(accounts.addRefreshToken(client, userId, granted, pkce, now)),
            scopes: granted,
            expiresAt: now + lifetime
          }
        }),
      expireAccessTokens: Effect.map(Clock.currentTimeMillis, (now) => {
        for (const token of accounts.accessTokens.values()) token.expiresAt = Math.min(token.expiresAt, now)
      }),
      revokeAccessTokens: Effect.sync(() => accounts.accessTokens.clear()),
      revokeRefreshTokens: (user) =>
        Effect.suspend(() => {
          if (user !== undefined && !world.users.has(user)) {
            return Input.unknownUser("FakeSpotify.revokeRefreshTokens", user, world.users)
          }
          for (const token of accounts.refreshTokens.values()) {
            if (user === undefined || token.userId === user) token.revoked = true
          }
          return Effect.void
        }),
      setMode: (mode) =>
        Effect.map(Input.ofMode(mode), () => {
          world.mode = mode
        }),
      authorize: (input, options = {}) =>
        Effect.gen(function*() {
          const url = yield* Input.ofConsent(input, options)
          const { approve = true, user } = options
          const opened = yield* browse("GET", url, "")
          if (opened.status >= 400) {
            return yield* new AuthorizePageError({ status: opened.status, page: opened.body })
          }
          const form = new URLSearchParams({ decision: approve ? "agree" : "cancel" })
          if (user !== undefined) form.set("user", user)
          const decided = yield* browse("POST", url, form.toString())
          const { location } = decided.headers
          return location ?? (yield* new AuthorizePageError({ status: decided.status, page: decided.body }))
        }),
      state: makeState(core)
    }
  })

/**
 * A fake Spotify at Spotify's own URLs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Service, InvalidInput> =>
  makeAt(options, { accountsUrl: Http.accountsOrigin, apiUrl: `${Http.apiOrigin}/v1` })

/**
 * A fake Spotify in the same process, and the `HttpClient` that reaches it and nothing else.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<FakeSpotify | HttpClient.HttpClient, InvalidInput> =>
  Layer.effectContext(
    Effect.map(
      make(options),
      (service) => Context.make(FakeSpotify, service).pipe(Context.add(HttpClient.HttpClient, service.client))
    )
  )

/**
 * Serves a fake Spotify on the `HttpServer`'s port, both hosts on one. Its `accountsUrl` and `apiUrl` are those of the
 * port.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (
  options: Options = {}
): Effect.Effect<Service, InvalidInput, HttpServer.HttpServer | Scope.Scope> =>
  Effect.gen(function*() {
    const server = yield* HttpServer.HttpServer
    const origin = HttpServer.formatAddress(server.address).replace("//0.0.0.0:", "//127.0.0.1:")
    const service = yield* makeAt(options, { accountsUrl: origin, apiUrl: `${origin}/v1` })
    yield* server.serve(service.httpApp)
    return service
  })

/**
 * A fake Spotify on a real port.
 *
 * @since 0.1.0
 * @category layers
 * @example
 * ```ts
 * import { NodeHttpServer } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { FakeSpotify } from "effect-spotify/testing"
 * import { createServer } from "node:http"
 *
 * const SpotifyOnAPort = FakeSpotify.layerServer({ consent: "page" }).pipe(
 *   Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
 * )
 * ```
 */
export const layerServer = (
  options: Options = {}
): Layer.Layer<FakeSpotify, InvalidInput, HttpServer.HttpServer> => Layer.scoped(FakeSpotify, serve(options))
