/** In a bundle for browsers this stands in the place of `digest.ts` (by the field `browser` of package.json). */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"

/** SHA-256 in hex of any strings, lone surrogates included; different lists have different digests. */
export const digest = (...parts: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)))),
    (bytes) => Encoding.encodeHex(new Uint8Array(bytes))
  )
