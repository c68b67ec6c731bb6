/** What an engine keeps as text, where somebody else may have written. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type State, version } from "./decide.js"

const Told = Schema.Struct({ requests: Schema.Finite, window: Schema.Finite })

const Kept: Schema.Schema<State> = Schema.Struct({
  version: Schema.Literal(version),
  at: Schema.Finite,
  clock: Schema.Finite,
  opening: Schema.Finite,
  pausedUntil: Schema.Finite,
  isProbing: Schema.Boolean,
  probe: Schema.optionalWith(Schema.Struct({ member: Schema.String, until: Schema.Finite }), { exact: true }),
  unexplained: Schema.Finite,
  quotaUntil: Schema.Finite,
  limit: Schema.Finite,
  learned: Schema.optionalWith(
    Schema.Struct({
      answers: Schema.Finite,
      time: Schema.Finite,
      guess: Schema.Finite,
      from: Schema.Finite,
      doubling: Schema.Finite
    }),
    { exact: true }
  ),
  answers: Schema.Finite,
  busy: Schema.Finite,
  crowded: Schema.Finite,
  busyFrom: Schema.Finite,
  last: Schema.Finite,
  told: Schema.optionalWith(Told, { exact: true }),
  log: Schema.Array(Schema.Tuple(Schema.Finite, Schema.Finite)),
  free: Schema.Array(Schema.Finite),
  members: Schema.Array(Schema.Struct({
    id: Schema.String,
    seen: Schema.Finite,
    interactive: Schema.Finite,
    background: Schema.Finite,
    inFlight: Schema.Finite,
    told: Schema.optionalWith(Told, { exact: true }),
    slots: Schema.Array(Schema.Finite),
    allowance: Schema.Finite,
    refusedAt: Schema.Finite,
    askAt: Schema.Finite,
    served: Schema.Finite
  }))
})

const json = Schema.parseJson(Kept)
const decode = Schema.decodeEither(json)
const decodeVersion = Schema.decodeEither(Schema.parseJson(Schema.Struct({ version: Schema.Unknown })))

/** Fails with what is there instead, in words. */
export const read = (text: string): Either.Either<State, string> =>
  Either.mapLeft(decode(text), () => {
    const found = decodeVersion(text)
    return Either.isLeft(found)
      ? "it is something else"
      : found.right.version !== version
      ? `it has version ${JSON.stringify(found.right.version)}, and this release knows version ${version}`
      : "it has another shape"
  })

export const write = Schema.encodeSync(json)
