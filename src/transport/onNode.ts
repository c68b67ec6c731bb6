/**
 * What answers need on Node alone: what zlib does, Node's streams, and what its errors mean. In a bundle for browsers, `onNode.browser.ts` stands
 * in its place (by the field `browser` of package.json).
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as NodeZlib from "node:zlib"

export type Zlib = typeof NodeZlib

/** By `process`, since a bundler that knows no Node couldn't resolve an import; from Node 20.16 on. */
export const builtin: Zlib | undefined = globalThis.process?.getBuiltinModule?.("node:zlib")

/** Not before Node 22.15. */
interface Zstd {
  readonly zstdDecompressSync: Zlib["gunzipSync"]
  readonly zstdDecompress: Zlib["gunzip"]
}

const hasZstd = (zlib: Zlib): zlib is Zlib & Zstd => Predicate.hasProperty(zlib, "zstdDecompressSync")

/** Asks for what can be unpacked, unless the caller says what he wants. */
export const asking = (
  zlib: Zlib | undefined,
  headers: { readonly [name: string]: string }
): { readonly [name: string]: string } => {
  if (zlib === undefined) return headers
  for (const name in headers) {
    if (name.toLowerCase() === "accept-encoding") return headers
  }
  return { ...headers, "accept-encoding": hasZstd(zlib) ? "br, zstd, gzip, deflate" : "br, gzip, deflate" }
}

/**
 * A body of up to so many bytes, packed, is unpacked in one step; a larger one off the loop, which takes 60 to 100 µs more.
 * On Node 20: 16 kB of JSON 0.05 ms (0.13 off the loop), 64 kB 0.18 (0.35), 170 kB 0.4 (0.7), 250 kB, which pack into
 * about this much, 0.6, less than `JSON.parse` then takes for them; 1 MB 2.4 (2.9), 10 MB 28 (31).
 */
const maxAtOnce = 64 * 1024

/** What unpacks into more than this (2.5 ms) is begun again off the loop. */
const maxUnpackedAtOnce = 1024 * 1024

interface Unpacker {
  readonly atOnce: Zlib["gunzipSync"]
  readonly offLoop: Zlib["gunzip"]
  /** With this, what is cut gives what can be had of it, as with browsers and Node's `fetch`. */
  readonly finishFlush?: number
}

/** RFC 9110 means zlib's format by "deflate"; some servers mean what is inside of that. */
const isZlib = (bytes: Uint8Array): boolean => {
  const [method = 0, flags = 0] = bytes
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0
}

const startsWith = (bytes: Uint8Array, ...start: ReadonlyArray<number>): boolean =>
  start.every((byte, i) => bytes[i] === byte)

/** What it is beyond doubt, whatever it is called. */
const codingOf = (bytes: Uint8Array): string | undefined =>
  startsWith(bytes, 0x1f, 0x8b, 8) ? "gzip" : startsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd) ? "zstd" : undefined

/** Whether it is as it should be already. Nothing packed begins with a brace, nor as text in UTF-8. */
const isText = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x7b ||
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  !/[\0-\x08\v\f\x0e-\x1f\x7f\ufffd]/.test(new TextDecoder().decode(bytes.subarray(0, 256), { stream: true }))

const unpackerOf = (zlib: Zlib, coding: string, bytes: Uint8Array): Unpacker | undefined => {
  const { BROTLI_OPERATION_FLUSH, Z_SYNC_FLUSH } = zlib.constants
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return { atOnce: zlib.gunzipSync, offLoop: zlib.gunzip, finishFlush: Z_SYNC_FLUSH }
    case "deflate":
      return isZlib(bytes)
        ? { atOnce: zlib.inflateSync, offLoop: zlib.inflate, finishFlush: Z_SYNC_FLUSH }
        : { atOnce: zlib.inflateRawSync, offLoop: zlib.inflateRaw, finishFlush: Z_SYNC_FLUSH }
    case "br":
      return { atOnce: zlib.brotliDecompressSync, offLoop: zlib.brotliDecompress, finishFlush: BROTLI_OPERATION_FLUSH }
    case "zstd":
      return hasZstd(zlib) ? { atOnce: zlib.zstdDecompressSync, offLoop: zlib.zstdDecompress } : undefined
    default:
      return undefined
  }
}

export const isTooLarge = (error: unknown): boolean =>
  Predicate.hasProperty(error, "code") && error.code === "ERR_BUFFER_TOO_LARGE"

const optionsOf = ({ finishFlush }: Unpacker, isGuess: boolean, maxOutputLength: number) => ({
  maxOutputLength,
  chunkSize: 64 * 1024,
  ...(finishFlush === undefined || isGuess ? {} : { finishFlush })
})

const offLoop = (unpacker: Unpacker, bytes: Uint8Array, options: NodeZlib.ZlibOptions): Promise<Uint8Array> =>
  new Promise((resolve, reject) =>
    unpacker.offLoop(bytes, options, (error, unpacked) => error === null ? resolve(unpacked) : reject(error))
  )

const unpackOne = (
  { limit, zlib }: Packing,
  coding: string,
  isGuess: boolean,
  bytes: Uint8Array
): Uint8Array | Promise<Uint8Array> => {
  const unpacker = zlib && unpackerOf(zlib, coding, bytes)
  if (unpacker === undefined) return bytes
  const options = optionsOf(unpacker, isGuess, limit)
  if (bytes.length > maxAtOnce) return offLoop(unpacker, bytes, options)
  try {
    const unpacked = unpacker.atOnce(bytes, optionsOf(unpacker, isGuess, Math.min(limit, maxUnpackedAtOnce)))
    // What was cut before anything could be had of it would pass for an empty body: this fails for it.
    return unpacked.length === 0 ? unpacker.atOnce(bytes) : unpacked
  } catch (error) {
    if (isTooLarge(error) && limit > maxUnpackedAtOnce) return offLoop(unpacker, bytes, options)
    throw error
  }
}

/** How a body came. */
export interface Packing {
  readonly zlib: Zlib | undefined
  /** What it is labelled as. */
  readonly encoding: string | undefined
  /** Whether a `fetch` had it, which leaves the label on what it has unpacked. */
  readonly isTried: boolean
  /** How many bytes may come out. */
  readonly limit: number
}

/** Packed twice and labelled once happens; a body that contains itself exists, too. */
const maxUnlabelled = 2

/**
 * Unpacks a body, at once where it is small. A wrong label does no harm: what is text stays as it is. Fails, by throwing
 * or rejecting, with `isTooLarge` or what zlib says.
 */
export const unpack = (bytes: Uint8Array, packing: Packing): Uint8Array | Promise<Uint8Array> => {
  const { encoding, isTried } = packing
  if (encoding === undefined && codingOf(bytes) === undefined) return bytes
  const codings = (encoding ?? "").toLowerCase().split(",").map((coding) => coding.trim()).filter((coding) =>
    coding !== "" && coding !== "identity"
  ).reverse()
  const from = (bytes: Uint8Array, i: number): Uint8Array | Promise<Uint8Array> => {
    const certain = codingOf(bytes)
    const coding = certain ?? (codings[i] === undefined || isText(bytes) ? undefined : codings[i])
    if (coding === undefined || i >= codings.length + maxUnlabelled) return bytes
    const isGuess = isTried && certain === undefined
    const failed = (error: unknown): Uint8Array => {
      if (isGuess && !isTooLarge(error)) return bytes
      throw error
    }
    try {
      const unpacked = unpackOne(packing, coding, isGuess, bytes)
      return unpacked instanceof Promise
        ? unpacked.catch(failed).then((next) => next === bytes ? bytes : from(next, i + 1))
        : unpacked === bytes
        ? bytes
        : from(unpacked, i + 1)
    } catch (error) {
      return failed(error)
    }
  }
  return from(bytes, 0)
}

/** How the codes of Node's HTTP parser begin. */
const parserError = "HPE_"

/** In some versions of Node the code of the parser's errors is missing. */
export const codeByName = (cause: object): string | undefined =>
  "name" in cause && cause.name === "HTTPParserError" ? parserError : undefined

/** zlib's codes, as it tells them itself and through a `fetch`. */
const ofZlib = /^(?:Z_|ERR__|ERR_BROTLI|ERR_ZSTD|ZSTD_)/

/** What an error's code says to a person. */
export const meaningOf = (code: string): string => {
  if (code.startsWith(parserError)) return "the answer isn't valid HTTP"
  return ofZlib.test(code) ? `its body can't be unpacked (${code})` : code
}

export interface Readable {
  readonly on: (event: string, listener: (value: never) => void) => unknown
  readonly destroy: () => unknown
  readonly readableDidRead?: boolean
}

const isReadable = (input: unknown): input is Readable =>
  Predicate.hasProperty(input, "on") && Predicate.isFunction(input.on) &&
  Predicate.hasProperty(input, "destroy") && Predicate.isFunction(input.destroy)

export const readableOf = (input: unknown): Readable | undefined => isReadable(input) ? input : undefined

/** Where what is read goes, until it says that there is no more room. */
interface Reader<A> {
  readonly add: (chunk: Uint8Array) => boolean
  readonly end: () => A | Promise<A>
  readonly lost: (error: unknown) => A | Promise<A>
}

export const readNode = <A>(readable: Readable, reader: Reader<A>): Effect.Effect<A> =>
  Effect.async((resume) => {
    let isDone = false
    const finish = (result: () => A | Promise<A>): void => {
      if (isDone) return
      isDone = true
      resume(Effect.promise(async () => result()))
    }
    const end = () => finish(() => reader.end())
    const lost = (error: unknown) => finish(() => reader.lost(error))
    readable.on("data", (chunk: Uint8Array) => {
      if (isDone || reader.add(chunk)) return
      end()
      readable.destroy()
    })
    readable.on("end", end)
    readable.on("error", lost)
    readable.on("close", () => lost(undefined))
    return Effect.sync(() => readable.destroy())
  })
