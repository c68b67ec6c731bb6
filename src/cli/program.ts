import type { Settings } from "./settings.js"

/** A program that uses the token which a sign-in has put into the file, to be pasted and run. */
export const programOf = (
  { accountsUrl, apiUrl, clientId, clientSecret, key, redirectUri, store }: Settings
): string => {
  const own = [
    ["clientId", clientId],
    ["redirectUri", redirectUri],
    ["key", key],
    ["accountsUrl", accountsUrl]
  ].flatMap(([name, value]) => value === undefined ? [] : [[name, JSON.stringify(value)]])
  const isSecret = clientSecret !== undefined
  const options = isSecret
    ? [
      ...own.map(([name, value]) => `${name}: Config.succeed(${value})`),
      "clientSecret: Config.redacted(\"SPOTIFY_CLIENT_SECRET\")"
    ]
    : own.map(([name, value]) => `${name}: ${value}`)
  const layer = isSecret ? "layerAuthorizationCodeConfig" : "layerPkce"
  const client = apiUrl === undefined ? "" : `{ baseUrl: ${JSON.stringify(apiUrl)} }`
  return `import { NodeFileSystem } from "@effect/platform-node"
import { ${isSecret ? "Config, " : ""}Console, Effect, Layer } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import * as UndiciTransport from "effect-spotify/UndiciTransport"

const SpotifyLive = SpotifyClient.layer(${client}).pipe(
  Layer.provide(SpotifySession.${layer}({
    ${options.join(",\n    ")}
  })),
  Layer.provide(TokenStore.layerFile(${JSON.stringify(store)})),
  Layer.provide([UndiciTransport.layer, NodeFileSystem.layer])
)

const program = Effect.gen(function*() {
  const me = yield* Users.me()
  yield* Console.log(\`Hello \${me.display_name ?? me.id}\`)
})

void Effect.runPromise(Effect.provide(program, SpotifyLive))
`
}
