import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type { Endpoint } from "../Endpoint.js"
import { PlaylistSnapshot } from "../model/Playlist.js"
import * as Paging from "../Paging.js"
import {
  type ImpossibleSync,
  IncompleteSync,
  type Options,
  type Outcome,
  plan,
  type PlanOptions,
  PlaylistChanged,
  type PlaylistPlan,
  type Step
} from "../PlaylistSync.js"
import type { SpotifyClient } from "../SpotifyClient.js"
import { InvalidInput, isInDoubt, type SpotifyError } from "../SpotifyError.js"
import * as SpotifyId from "../SpotifyId.js"
import { checker } from "./bulkWrites.js"
import * as Param from "./param.js"
import { type ItemsFields, paged, uriOf } from "./playlistEntries.js"
import { isLocal } from "./playlistPlan.js"

type Uris = ReadonlyArray<string>

interface Version {
  readonly snapshot_id?: string
}

export interface Operations {
  readonly getFields: <A, I>(
    id: string,
    options: { readonly fields: string },
    schema: Schema.Schema<A, I>
  ) => Effect.Effect<A, SpotifyError, SpotifyClient>
  readonly itemsFields: ItemsFields
  readonly add: Endpoint<[id: string, options: { readonly uris: Uris; readonly position: number }], PlaylistSnapshot>
  readonly remove: Endpoint<
    [id: string, options: { readonly items: ReadonlyArray<{ readonly uri: string }> } & Version],
    PlaylistSnapshot
  >
  readonly move: Endpoint<
    [id: string, options: { range_start: number; insert_before: number; range_length: number } & Version],
    PlaylistSnapshot
  >
  readonly replace: Endpoint<[id: string, options: { readonly uris: Uris }], PlaylistSnapshot>
}

const versionOf = ({ snapshot_id }: PlaylistSnapshot): string => snapshot_id

const version = ({ getFields }: Operations, id: string): Effect.Effect<string, SpotifyError, SpotifyClient> =>
  Effect.map(getFields(id, { fields: "snapshot_id" }, PlaylistSnapshot), versionOf)

const unchanged = (
  operation: string,
  operations: Operations,
  { playlist, snapshot_id }: PlaylistPlan
): Effect.Effect<void, SpotifyError | PlaylistChanged, SpotifyClient> =>
  Effect.flatMap(version(operations, playlist), (actual) =>
    actual === snapshot_id ? Effect.void : Effect.fail(
      new PlaylistChanged({
        playlist,
        expected: snapshot_id,
        actual,
        message: `${operation}: the playlist ${playlist} has changed since it was read; nothing was written`
      })
    ))

const write = (
  operations: Operations,
  id: string,
  step: Step,
  snapshot_id: string
): Effect.Effect<PlaylistSnapshot, SpotifyError, SpotifyClient> => {
  switch (step._tag) {
    case "Remove":
      return operations.remove(id, { items: step.uris.map((uri) => ({ uri })), snapshot_id })
    case "Insert":
      return operations.add(id, { uris: step.uris, position: step.position })
    case "Move": {
      const { insert_before, range_length, range_start } = step
      return operations.move(id, { range_start, insert_before, range_length, snapshot_id })
    }
    case "Replace":
      return operations.replace(id, { uris: step.uris })
  }
}

export const apply = (operation: string, operations: Operations) =>
<E = never, R = never>(
  plan: PlaylistPlan,
  { onProgress }: Pick<Options<E, R>, "onProgress"> = {}
): Effect.Effect<Outcome, SpotifyError | PlaylistChanged | IncompleteSync<E>, SpotifyClient | R> => {
  const incomplete = (done: number, inDoubt: boolean) => (cause: SpotifyError | E) =>
    new IncompleteSync<E>({
      plan,
      done,
      inDoubt,
      cause,
      message: `${operation} stopped after ${done} of ${plan.steps.length} steps${
        inDoubt ? ", the next one in doubt" : ""
      }: ${Predicate.isError(cause) ? cause.message : String(cause)}`
    })
  return Effect.gen(function*() {
    yield* unchanged(operation, operations, plan)
    let { snapshot_id } = plan
    let done = 0
    for (const step of plan.steps) {
      snapshot_id = versionOf(
        yield* Effect.mapError(
          write(operations, plan.playlist, step, snapshot_id),
          (error) => incomplete(done, isInDoubt(error))(error)
        )
      )
      done++
      if (onProgress !== undefined) yield* Effect.mapError(onProgress(done, plan), incomplete(done, false))
    }
    return { plan, snapshot_id }
  })
}

export const sync = (operation: string, operations: Operations) => {
  const entries = paged(operations.itemsFields)
  const check = checker(operation, { uris: Param.uriArray(["track", "episode"], [1, 1]) })
  const carryOut = apply(operation, operations)

  const wantedOf = (wanted: Iterable<string>): Either.Either<Uris, InvalidInput> =>
    Either.all(Array.from(wanted, (uri) => isLocal(uri) ? Either.right(uri) : check(uri)))

  const planFor = (
    input: string,
    wanted: Iterable<string>,
    options: PlanOptions
  ): Effect.Effect<PlaylistPlan, SpotifyError | ImpossibleSync, SpotifyClient> =>
    Effect.gen(function*() {
      const playlist = SpotifyId.idOption("playlist", input)
      if (playlist === undefined) {
        return yield* InvalidInput.of(operation, "id", `${SpotifyId.expected("playlist")}, not "${input}"`)
      }
      const uris = yield* wantedOf(wanted)
      const snapshot_id = yield* version(operations, playlist)
      const current = yield* Paging.collect(entries, playlist, { concurrency: 4 })
      const planned = yield* plan(current.map((entry) => uriOf(entry) ?? null), uris, options)
      return { ...planned, playlist, snapshot_id }
    })

  return <E = never, R = never>(
    id: string,
    wanted: Iterable<string>,
    options: Options<E, R> = {}
  ): Effect.Effect<
    Outcome,
    SpotifyError | ImpossibleSync | PlaylistChanged | IncompleteSync<E>,
    SpotifyClient | R
  > =>
    Effect.flatMap(planFor(id, wanted, options), (plan) =>
      options.dryRun === true
        ? Effect.as(unchanged(operation, operations, plan), { plan, snapshot_id: plan.snapshot_id })
        : carryOut(plan, options))
}
