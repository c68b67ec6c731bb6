/** Validation of the arguments of long writes and syncs, before anything is read or sent. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Allowed, attempt, checkOptions, instead, isListOf, oneOf } from "../core/input.js"
import { InvalidInput } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import { Account } from "./BulkWrites.js"
import { PlaylistPlan } from "./plan.js"

type Checked = Either.Either<unknown, InvalidInput>

/** How far a job came, as it is given back. */
export const account: Allowed = [Schema.is(Account), "the account of a job"]

/** At what price a playlist is made equal to a list. */
export const planning = { addedAt: oneOf("keep", "forget"), unremovable: oneOf("fail", "leave") }

const isList = (input: unknown): boolean =>
  Array.isArray(input) ? isListOf(input, Predicate.isString) : Predicate.isIterable(input) && !Predicate.isString(input)

const isSource = (input: unknown): boolean => isList(input) || Predicate.hasProperty(input, Stream.StreamTypeId)

const check = (operation: string, field: string, [is, expected]: Allowed, input: unknown): Checked =>
  is(input) ? Either.void : Either.left(InvalidInput.of(operation, field, instead(expected, input)))

/** Looks at what a job on entries of any number is given: the playlist where it is one's, the entries, the options. */
const job = (operation: string, source: Allowed, allowed: { readonly [name: string]: Allowed }) => {
  const entries = (uris: unknown, options: unknown): Checked =>
    Either.flatMap(checkOptions(operation, allowed, options), () => check(operation, "uris", source, uris))
  return {
    entries,
    playlist: (id: unknown, uris: unknown, options: unknown): Checked =>
      Either.flatMap(
        check(operation, "id", [
          (id) => Predicate.isString(id) && SpotifyId.idOrUndefined("playlist", id) !== undefined,
          SpotifyId.expected("playlist")
        ], id),
        () => entries(uris, options)
      )
  }
}

/** A job that takes a list or a stream. */
export const ofSource = (operation: string, allowed: { readonly [name: string]: Allowed }) =>
  job(operation, [isSource, "a list or a stream of URIs"], allowed)

/** A job that takes a list. */
export const ofList = (operation: string, allowed: { readonly [name: string]: Allowed }) =>
  job(operation, [isList, "a list of URIs"], allowed)

/** Looks at a plan that is to be carried out. */
export const ofPlan =
  (operation: string, allowed: { readonly [name: string]: Allowed }) => (plan: unknown, options: unknown): Checked =>
    Either.flatMap(
      checkOptions(operation, allowed, options),
      () => check(operation, "plan", [Schema.is(PlaylistPlan), "the plan of a sync"], plan)
    )

const isUriOrNull = (uri: unknown): boolean => uri === null || Predicate.isString(uri)

/** Looks at what a plan is made of. */
export const ofLists =
  (operation: string, allowed: { readonly [name: string]: Allowed }) =>
  (current: unknown, wanted: unknown, options: unknown): Either.Either<unknown, InvalidInput> =>
    attempt(operation, () =>
      Either.all([
        checkOptions(operation, allowed, options),
        check(operation, "current", [
          (input) => isListOf(input, isUriOrNull),
          "a list of URIs, null for what can't be read"
        ], current),
        check(operation, "wanted", [(input) => isListOf(input, Predicate.isString), "a list of URIs"], wanted)
      ]))
