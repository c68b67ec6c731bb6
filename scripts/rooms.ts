/**
 * The order of the rooms of `src`, from the top down: a room imports from those below it alone, and of their private
 * files only those that they share. From this list the linter's rules are made: `npx tsx scripts/rooms.ts` writes them,
 * `--check` fails where they are stale.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

export interface Room {
  readonly name: string
  /** What is in it, for CONTRIBUTING. */
  readonly holds: string
  /** Those of its private files that rooms above it use; its public modules are open to all of them. */
  readonly shares: ReadonlyArray<string>
}

export const rooms: ReadonlyArray<Room> = [
  { name: "cli", holds: "the command", shares: [] },
  {
    name: "testing",
    holds: "FakeSpotify, a Spotify without network, and what else tests use; no room but the command imports it",
    shares: ["index"]
  },
  { name: "operations", holds: "what users call, a module for each resource group", shares: [] },
  {
    name: "writes",
    holds: "long writes that resume from a checkpoint, and the sync of a playlist",
    shares: ["jobInput", "libraryWrites", "playlistVersions", "playlistWrites", "syncRun", "writeAnswer"]
  },
  { name: "watch", holds: "playback as a stream of changes, by polling", shares: ["changes"] },
  { name: "layers", holds: "layers over the client: coalescing, batching, caching", shares: [] },
  { name: "model", holds: "what answers look like", shares: [] },
  {
    name: "endpoint",
    holds: "an operation declared once: its parameters, request and decoding; pages and streams of them",
    shares: ["bounds", "getMany", "lostOperations", "parameters", "schema"]
  },
  { name: "signIn", holds: "sign-in from a terminal, by a loopback redirect", shares: [] },
  { name: "manyUsers", holds: "the sessions of many users in one process", shares: [] },
  {
    name: "client",
    holds: "sends requests: bearer token, 401, 429, pacing, retries with backoff, spans and metrics",
    shares: ["answer", "fiberRefs", "unreadable"]
  },
  {
    name: "budget",
    holds: "when a request may leave: a client's gate and its pace, and a budget that the processes of an app share",
    shares: ["ahead", "dispatcher", "pace", "priority"]
  },
  {
    name: "session",
    holds: "a valid access token, refreshed in single flight; the OAuth exchanges",
    shares: ["owner", "tokenTurns", "userSessions"]
  },
  {
    name: "store",
    holds: "where tokens are kept: memory, file, KeyValueStore, SQL, sealed",
    shares: ["dialects", "record"]
  },
  {
    name: "transport",
    holds: "how a request leaves and an answer comes: fetch, undici, any HttpClient",
    shares: ["body", "failure", "httpClient"]
  },
  {
    name: "core",
    holds: "the ground: errors, ids, scopes, and small helpers that know no other room",
    shares: ["deadline", "digest", "input", "limited", "memo", "options", "retry", "span", "text", "time"]
  }
]

const order = rooms.map(({ name }) => name).join(" > ")

const root = new URL("../", import.meta.url)

const privateFiles = ({ name, shares }: Room): ReadonlyArray<string> =>
  readdirSync(new URL(`src/${name}/`, root), { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)[a-z][^/]*\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((file) => !shares.includes(file))
    .sort()
    .map((file) => `${name}/${file}`)

const barrels = [
  { name: "effect", message: "Import the module (effect/Effect): the barrel defeats tree-shaking." },
  { name: "@effect/platform", message: "Import the module (@effect/platform/HttpClient)." }
]

interface Pattern {
  readonly regex: string
  readonly message: string
}

const override = (files: ReadonlyArray<string>, patterns: ReadonlyArray<Pattern>) => ({
  files,
  rules: { "no-restricted-imports": ["error", { paths: barrels, patterns }] }
})

const runsUp = (self: string, above: ReadonlyArray<Room>): ReadonlyArray<Pattern> =>
  above.length === 0 ? [] : [{
    regex: `^(\\.\\./)+(${above.map(({ name }) => name).join("|")})/`,
    message: `Imports go down only, and this one runs up from ${self}. The order: ${order}.`
  }]

const isPrivate = (below: ReadonlyArray<Room>, from = "(\\.\\./)+"): ReadonlyArray<Pattern> =>
  below.length === 0 ? [] : [{
    regex: `^${from}(${below.flatMap(privateFiles).join("|")})\\.js$`,
    message:
      `A private file of another room: import that room's public modules, or what it shares by scripts/rooms.ts. The order: ${order}.`
  }]

const apart: Pattern = { regex: "^\\./", message: "Groups never import each other; Endpoints alone lists them all." }

const rulesOf = (room: Room, index: number) => {
  const patterns = [...runsUp(room.name, rooms.slice(0, index)), ...isPrivate(rooms.slice(index + 1))]
  const files = `src/${room.name}/**`
  return room.name === "operations"
    ? [override([files], [...patterns, apart]), override(["src/operations/Endpoints.ts"], patterns)]
    : [override([files], patterns)]
}

// The fake plays Spotify's part: it knows the ground alone, since what it took from the library it could not test.
const fake = override(
  ["src/testing/FakeSpotify.ts", "src/testing/internal/**"],
  [
    ...runsUp("FakeSpotify", rooms.slice(0, -1).filter(({ name }) => name !== "testing")),
    ...isPrivate(rooms.slice(-1))
  ]
)

const rules = {
  overrides: [override(["src/index.ts"], isPrivate(rooms, "\\./")), ...rooms.flatMap(rulesOf), fake]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL(".oxlintrc.rooms.json", root)
  const text = `${JSON.stringify(rules, undefined, 2)}\n`
  if (!process.argv.includes("--check")) {
    writeFileSync(file, text)
  } else if (readFileSync(file, "utf8") !== text) {
    console.error(".oxlintrc.rooms.json is stale: npx tsx scripts/rooms.ts writes it")
    process.exitCode = 1
  }
}
