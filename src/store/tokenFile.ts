/** How tokens stand in a JSON file: one line each, encoded once, so that a change of one costs no work on the others. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Format } from "./file.js"
import { describe } from "./record.js"

/** A token, and the JSON that stands in the file for it. */
export interface Entry<T> {
  readonly token: T
  readonly json: string
}

export interface Content<T, P> {
  readonly tokens: Map<string, Entry<T>>
  pending: ReadonlyArray<P>
}

/** How many tokens are decoded before the event loop goes round. */
const slice = 100

/** Of real time, not of Effect's clock. */
const breathe = Effect.async<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void), 0)
  return Effect.sync(() => clearTimeout(timer))
})

const revision = /^\{"version":1,"revision":"([0-9a-f]{32})"/

/** The format of tokens and pending sign-ins with these schemas. */
export const make = <T, TE, P, PE>(token: Schema.Schema<T, TE>, pending: Schema.Schema<P, PE>) => {
  const fileOf = <A, I>(token: Schema.Schema<A, I>) =>
    Schema.parseJson(Schema.Struct({
      version: Schema.Literal(1),
      tokens: Schema.Array(Schema.Struct({ key: Schema.String, token })),
      pending: Schema.Array(pending)
    }))
  const decodeWhole = Schema.decodeUnknownEither(fileOf(token))
  const decodeShape = Schema.decodeUnknownEither(fileOf(Schema.encodedSchema(token)))
  const decodeToken = Schema.decodeEither(token)
  const encodeToken = Schema.encodeSync(token)
  const encodePending = Schema.encodeSync(pending)

  const unreadable = (text: string): Effect.Effect<never, string> =>
    Effect.fail(
      `the file was left as it is, since it can't be read as a token file: ${
        Either.match(decodeWhole(text), { onLeft: describe, onRight: () => "it isn't JSON of the right shape" })
      }. Put back a good copy, or move it away and sign in again.`
    )

  const format: Format<Content<T, P>> = {
    empty: { tokens: new Map(), pending: [] },
    decode: (text, before) =>
      Effect.gen(function*() {
        const shape = decodeShape(text)
        if (Either.isLeft(shape)) return yield* unreadable(text)
        const tokens = new Map<string, Entry<T>>()
        let decoded = 0
        for (const { key, token } of shape.right.tokens) {
          if (tokens.has(key)) continue
          const json = JSON.stringify(token)
          const known = before?.tokens.get(key)
          if (known?.json === json) {
            tokens.set(key, known)
            continue
          }
          const value = decodeToken(token)
          if (Either.isLeft(value)) return yield* unreadable(text)
          tokens.set(key, { token: value.right, json })
          if (++decoded % slice === 0) yield* breathe
        }
        return { tokens, pending: shape.right.pending }
      }),
    encode: ({ pending, tokens }, revision) => {
      const lines: Array<string> = []
      for (const [key, { json }] of tokens) lines.push(`{"key":${JSON.stringify(key)},"token":${json}}`)
      const waiting = pending.map((entry) => JSON.stringify(encodePending(entry)))
      return `{"version":1,"revision":"${revision}","tokens":[\n${lines.join(",\n")}\n],"pending":[\n${
        waiting.join(",\n")
      }\n]}\n`
    },
    revisionOf: (head) => revision.exec(head)?.[1],
    headLength: 64,
    draft: ({ pending, tokens }) => ({ tokens: new Map(tokens), pending })
  }
  return { format, entryOf: (token: T): Entry<T> => ({ token, json: JSON.stringify(encodeToken(token)) }) }
}
