/**
 * The two jobs of a user. Each step is an activity: what came of it is kept, and a worker that takes a job over is given
 * what is kept, and does the rest.
 *
 * A step that was under way when its worker died is done again. So it has to be one that may be: a page is read once more
 * and its rows are written over, and a long write goes on from its account.
 */
import { SqlClient } from "@effect/sql"
import { Activity, Workflow } from "@effect/workflow"
import { Effect, Predicate, Schema, Stream } from "effect"
import { BulkWrites, Library, Paging, Playlist, Playlists, SpotifyClient, SpotifySessions } from "effect-spotify"

/** Why a user's job failed, for good: what passes by itself, the client has waited for. */
export class JobFailed extends Schema.TaggedError<JobFailed>()("JobFailed", { message: Schema.String }) {}

const failed = (cause: unknown) => new JobFailed({ message: Predicate.isError(cause) ? cause.message : String(cause) })

/** The same run of the same user is one job, however often it is asked for: its key never runs a second time. */
const idempotencyKey = ({ run, user }: { readonly run: string; readonly user: string }) => `${run}/${user}`

export const ExportLibrary = Workflow.make({
  name: "ExportLibrary",
  payload: { run: Schema.String, user: Schema.String },
  idempotencyKey,
  success: Schema.Number,
  error: JobFailed
})

export const UpdatePlaylist = Workflow.make({
  name: "UpdatePlaylist",
  payload: { run: Schema.String, user: Schema.String, playlist: Schema.String },
  idempotencyKey,
  success: Schema.Number,
  error: JobFailed
})

/** A step as a user, behind the calls that somebody waits for. Once more where it fails, five times in all. */
const step = <A, I, E, R>(
  name: string,
  user: string,
  success: Schema.Schema<A, I>,
  execute: Effect.Effect<A, E, R>
) =>
  Activity.make({
    name,
    success,
    error: JobFailed,
    execute: execute.pipe(
      SpotifySessions.withUser(user),
      SpotifyClient.withPriority("background"),
      Effect.mapError(failed)
    )
  }).pipe(Activity.retry({ times: 4 }))

const PageRead = Schema.Struct({ tracks: Schema.Number, next: Schema.optional(Paging.Position) })

const readPage = (user: string, from: Paging.Position) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const page = yield* Effect.flatten(Stream.runHead(Paging.pages(Library.tracks, { from, concurrency: 1 })))
    const rows = page.items.map(({ added_at, track }, i) => ({
      user_key: user,
      position: (page.position.offset ?? 0) + i,
      uri: track.uri,
      added_at
    }))
    if (rows.length > 0) {
      yield* sql`INSERT INTO exported ${sql.insert(rows)} ON CONFLICT (user_key, position)
        DO UPDATE SET uri = excluded.uri, added_at = excluded.added_at`
    }
    return { tracks: rows.length, next: page.next }
  })

export const ExportLibraryLive = ExportLibrary.toLayer(({ user }) =>
  Effect.gen(function*() {
    let tracks = 0
    let position: Paging.Position | undefined = { offset: 0 }
    while (position !== undefined) {
      const page: typeof PageRead.Type = yield* step(
        `page from ${position.offset}`,
        user,
        PageRead,
        readPage(user, position)
      )
      tracks += page.tracks
      position = page.next
    }
    return tracks
  })
)

const exported = (user: string) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<
      { readonly uri: string }
    >`SELECT uri FROM exported WHERE user_key = ${user} ORDER BY position`
    return rows.map(({ uri }) => uri)
  })

const uriOf = Playlist.Content.$match({
  Track: ({ track }) => track.uri,
  Local: () => undefined,
  Episode: ({ episode }) => episode.uri,
  Unavailable: () => undefined,
  Unknown: () => undefined
})

const missing = (user: string, playlist: string) =>
  Effect.gen(function*() {
    const entries = yield* Paging.collect(Playlists.items, playlist)
    const there = new Set(entries.map((entry) => uriOf(Playlist.content(entry))))
    return (yield* exported(user)).filter((uri) => !there.has(uri))
  })

const accountJson = Schema.parseJson(BulkWrites.Account)

/**
 * The account is kept before and after each request. Whoever takes over goes on from it: what was on its way when the
 * worker died is in doubt, and is looked for in the playlist before it is sent again.
 */
const add = (job: string, playlist: string, uris: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const [kept] = yield* sql<{ readonly account: string }>`SELECT account FROM accounts WHERE job = ${job}`
    const resume = kept === undefined ? undefined : yield* Schema.decode(accountJson)(kept.account)
    const { written } = yield* Playlists.addAll(playlist, uris, {
      position: 0,
      resume,
      onProgress: (account) =>
        Effect.flatMap(
          Schema.encode(accountJson)(account),
          (account) =>
            sql`INSERT INTO accounts (job, account) VALUES (${job}, ${account})
              ON CONFLICT (job) DO UPDATE SET account = excluded.account`
        )
    })
    return written
  })

export const UpdatePlaylistLive = UpdatePlaylist.toLayer(({ playlist, user }, job) =>
  Effect.gen(function*() {
    // Kept, since the account counts in it: by the next time, the playlist lacks less.
    const uris = yield* step("missing", user, Schema.Array(Schema.String), missing(user, playlist))
    const added = yield* step("add", user, Schema.Number, add(job, playlist, uris))
    // Removes what has left the library. It reads what the playlist has become, and needs no account.
    yield* step("sync", user, Schema.Void, Effect.flatMap(exported(user), (all) => Playlists.sync(playlist, all)))
    return added
  })
)
