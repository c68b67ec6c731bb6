import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import { about } from "./about.js"
import { parseJson, readText } from "./input.js"
import * as output from "./output.js"
import { CantDo, WrongCall } from "./problems.js"
import { asJson } from "./settings.js"
import * as text from "./text.js"

const host = "127.0.0.1"

const clientId = "fake-client-id"
const clientSecret = "fake-client-secret"

const help = (accountsUrl: string, apiUrl: string, token: string): string =>
  `${text.green("✓")} A fake Spotify is running, until Ctrl-C\n\n` + text.table([
    ["accounts", accountsUrl],
    ["Web API", apiUrl],
    ["client id", clientId],
    ["client secret", clientSecret],
    ["access token", token]
  ]) + `\n\nPoint a client at it in place of https://accounts.spotify.com and https://api.spotify.com/v1:\n\n` +
  [
    `curl -H "Authorization: Bearer ${token}" ${apiUrl}/me`,
    "",
    `effect-spotify         SpotifyClient.layer({ baseUrl: "${apiUrl}" }), and accountsUrl: "${accountsUrl}" for a session`,
    `spotipy                sp = spotipy.Spotify(auth="${token}"); sp.prefix = "${apiUrl}/"`,
    `this command           export SPOTIFY_ACCOUNTS_URL=${accountsUrl} SPOTIFY_API_URL=${apiUrl} \\`,
    `                         SPOTIFY_CLIENT_ID=${clientId}`
  ].map((line) => `  ${line}`.trimEnd()).join("\n")

const unavailable = (port: number, cause: unknown): CantDo => {
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : "unknown reason"
  return new CantDo({
    message: code === "EADDRINUSE"
      ? `Port ${port} of ${host} is in use: end the program that has it, or give another with --port`
      : `Can't listen on port ${port} of ${host} (${code}): give another with --port`
  })
}

export const fake = Command.make("fake", {
  port: Options.integer("port").pipe(
    Options.withDescription("The port of 127.0.0.1 to listen on; 0 takes any free one"),
    Options.withDefault(4000)
  ),
  consent: Options.choice("consent", ["automatic", "page"]).pipe(
    Options.withDescription("What a sign-in meets: an agreement at once, or a page with an Agree and a Cancel button"),
    Options.withDefault("automatic")
  ),
  mode: Options.choice("mode", ["extended", "development"]).pipe(
    Options.withDescription("The quota mode of the app"),
    Options.withDefault("extended")
  ),
  seed: Options.file("seed").pipe(
    Options.withDescription("A JSON file with artists, albums, tracks, playlists and users of your own"),
    Options.optional
  ),
  json: asJson
}, ({ consent, json, mode, port, seed: file }) =>
  Effect.scoped(Effect.gen(function*() {
    if (port < 0 || port > 65_535) return yield* new WrongCall({ message: "--port takes a number from 0 to 65535" })
    // Loaded where it is served alone: together they are larger than the rest of the command.
    const [{ FakeSpotify }, HttpServer, NodeHttpServer] = yield* Effect.promise(() =>
      Promise.all([
        import("../testing/index.js"),
        import("@effect/platform/HttpServer"),
        import("@effect/platform-node/NodeHttpServer")
      ])
    )
    const seed = Option.isNone(file) ? undefined : yield* readText(`@${file.value}`).pipe(
      Effect.flatMap((text) => parseJson(text, file.value)),
      Effect.flatMap(FakeSpotify.readSeed)
    )
    const server = yield* NodeHttpServer.make(createServer, { host, port }).pipe(
      Effect.mapError(({ cause }) => unavailable(port, cause))
    )
    const spotify = yield* Effect.provideService(
      FakeSpotify.serve({ clientId, clientSecret, consent, mode, seed }),
      HttpServer.HttpServer,
      server
    )
    // Nobody wants to renew what a fake has given.
    const { accessToken } = yield* spotify.issueToken({ expiresIn: "365 days" })
    const token = Redacted.value(accessToken)
    const { accountsUrl, apiUrl } = spotify
    yield* json
      ? output.json({ accountsUrl, apiUrl, clientId, clientSecret, accessToken: token }, "line")
      : Console.log(help(accountsUrl, apiUrl, token))
    return yield* Effect.never
  }))).pipe(Command.withDescription(about.fake))
