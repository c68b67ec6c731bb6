/**
 * Authenticated encryption with associated data (AEAD): AES-256-GCM with a random nonce for each value. The associated
 * data binds a ciphertext to its user and field, and a key id in front of it allows key rotation.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"

/** Encrypts and decrypts text. `place` is the associated data: text that was sealed for another place doesn't open. */
export interface Sealer {
  readonly seal: (text: string, place: ReadonlyArray<string>) => Effect.Effect<string>
  /** Fails with the reason, in words for an error message. */
  readonly open: (sealed: string, place: ReadonlyArray<string>) => Effect.Effect<string, string>
}

interface Key {
  readonly id: string
  readonly key: CryptoKey
}

const algorithm = "AES-GCM"
const keyLength = 32
// 96 bits, as NIST SP 800-38D recommends.
const nonceLength = 12

const pattern = /^A256GCM\.([0-9a-f]{8})\.([\w-]+)$/

const importKey = (text: Redacted.Redacted<string>): Effect.Effect<Key, string> =>
  Effect.gen(function*() {
    const bytes = Either.getOrElse(Encoding.decodeBase64(Redacted.value(text).trim()), () => undefined)
    if (bytes?.length !== keyLength) {
      return yield* Effect.fail(
        `must be ${keyLength} bytes in base64, as "openssl rand -base64 ${keyLength}" makes them, ` +
          (bytes === undefined ? "but it isn't base64" : `but it has ${bytes.length} bytes`)
      )
    }
    if (globalThis.crypto?.subtle === undefined) {
      return yield* Effect.fail("needs Web Crypto, which a browser has only for pages of https and of 127.0.0.1")
    }
    const raw = new Uint8Array(bytes)
    const hash = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", raw))
    return {
      id: Encoding.encodeHex(new Uint8Array(hash).slice(0, 4)),
      key: yield* Effect.promise(() => crypto.subtle.importKey("raw", raw, algorithm, false, ["encrypt", "decrypt"]))
    }
  })

/** Seals with `key` and opens with any of the keys; with `acceptPlain`, what was never sealed is given as it is. */
export const make = (
  key: Redacted.Redacted<string>,
  previousKeys: ReadonlyArray<Redacted.Redacted<string>>,
  acceptPlain: boolean
): Effect.Effect<Sealer, string> =>
  Effect.gen(function*() {
    const current = yield* Effect.mapError(importKey(key), (problem) => `key ${problem}`)
    const previous = yield* Effect.forEach(previousKeys, (key, index) =>
      Effect.mapError(importKey(key), (problem) => `previousKeys[${index}] ${problem}`))
    const keys = [current, ...previous]
    const text = new TextEncoder()
    const parameters = (iv: Uint8Array<ArrayBuffer>, place: ReadonlyArray<string>): AesGcmParams => ({
      name: algorithm,
      iv,
      additionalData: text.encode(JSON.stringify(place))
    })

    return {
      seal: (value, place) =>
        Effect.promise(async () => {
          const nonce = crypto.getRandomValues(new Uint8Array(nonceLength))
          const body = await crypto.subtle.encrypt(parameters(nonce, place), current.key, text.encode(value))
          const bytes = new Uint8Array(nonceLength + body.byteLength)
          bytes.set(nonce)
          bytes.set(new Uint8Array(body), nonceLength)
          return `A256GCM.${current.id}.${Encoding.encodeBase64Url(bytes)}`
        }),
      open: (sealed, place) => {
        const [, id, encoded = ""] = pattern.exec(sealed) ?? []
        if (id === undefined) {
          return acceptPlain ? Effect.succeed(sealed) : Effect.fail(
            "it isn't sealed: either it was stored before encryption was switched on (then acceptPlain helps until all " +
              "are written anew), or somebody put it there"
          )
        }
        const key = keys.find((key) =>
          key.id === id
        )
        if (key === undefined) {
          return Effect.fail(
            `wrong key: it was sealed with the key ${id}, and given is ${keys.map((key) => key.id).join(", ")}`
          )
        }
        return Either.match(Encoding.decodeBase64Url(encoded), {
          onLeft: () => Effect.fail("it was changed"),
          onRight: (bytes) =>
            Effect.tryPromise({
              try: () =>
                crypto.subtle.decrypt(
                  parameters(new Uint8Array(bytes.slice(0, nonceLength)), place),
                  key.key,
                  new Uint8Array(bytes.slice(nonceLength))
                ),
              catch: () => "it was changed, or belongs to another user or field"
            }).pipe(Effect.map((bytes) => new TextDecoder().decode(bytes)))
        })
      }
    }
  })
