import * as Either from "effect/Either"
import { Chunks, readAll } from "./chunks.js"
import { connectionDetail } from "./failure.js"
import { builtin, isTooLarge, type Packing, unpack, type Zlib } from "./onNode.js"

/** A body's text. */
export interface Body {
  readonly text: string
  /** Whether it is only a part, because the whole is more than may be read. */
  readonly isCut: boolean
}

/** In bytes. */
export const defaultMaxBodySize = 32 * 1024 * 1024

/** Nobody needs more to see what went wrong. */
const maxErrorSize = 1024 * 1024

/** A string can't be longer (V8). */
const maxText = 0x1fffffe8

/** UTF-8 whatever the label says, without a byte order mark: as `fetch` does. */
const utf8 = new TextDecoder()

const part = (bytes: Uint8Array, isCut: boolean): Read => Either.right({ text: utf8.decode(bytes), isCut })

/** What came of a body, or why nothing did. */
export type Read = Either.Either<Body, string>

/**
 * A body on its way, from any transport. The body of an error is never what a call fails for, since the status says more,
 * nor that of a write's success, since the write has happened by then: what can't be read of those is left out.
 */
export class Reading {
  private readonly chunks: Chunks
  private readonly isNeeded: boolean
  private readonly packing: Packing

  /** `isTried` is to say whether the transport may have unpacked it. */
  constructor(
    status: number,
    isWrite: boolean,
    encoding: string | undefined,
    maxBodySize: number,
    isTried: boolean,
    zlib: Zlib | undefined = builtin
  ) {
    const isError = status < 200 || status >= 300
    this.isNeeded = !isError && !isWrite
    const limit = Math.min(maxBodySize, isError ? maxErrorSize : maxText)
    this.chunks = new Chunks(limit)
    this.packing = { encoding, isTried, limit, zlib }
  }

  /** Whether there is room for more; the rest needn't come where there isn't. */
  add(chunk: Uint8Array): boolean {
    return this.chunks.add(chunk)
  }

  /** All has come that is to come. */
  end(): Read | Promise<Read> {
    const isCut = this.chunks.isCut && this.isNeeded
    if (isCut) return Either.right({ text: "", isCut })
    try {
      const bytes = unpack(this.chunks.all(), this.packing)
      return bytes instanceof Promise
        ? bytes.then((bytes) => part(bytes, isCut), (error) => this.unreadable(error))
        : part(bytes, isCut)
    } catch (error) {
      return this.unreadable(error)
    }
  }

  /** The rest will not come. */
  lost(error: unknown): Read | Promise<Read> {
    return this.isNeeded ? Either.left(connectionDetail(error, true)) : this.end()
  }

  /** What there is of it, where that will do. */
  soFar(): Read | Promise<Read> | undefined {
    return this.isNeeded ? undefined : this.end()
  }

  private unreadable(error: unknown): Read {
    const isCut = isTooLarge(error) && this.isNeeded
    return isCut || !this.isNeeded ? Either.right({ text: "", isCut }) : Either.left(connectionDetail(error, true))
  }
}

/** Reads the answer of a `fetch`; without a reader, as in React Native, which has no streams, all at once. */
export const readWeb = async (
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  response: Pick<Response, "text">,
  reading: Reading
): Promise<Read> => {
  try {
    if (reader === undefined) reading.add(new TextEncoder().encode(await response.text()))
    else await readAll(reader, reading)
  } catch (error) {
    return reading.lost(error)
  }
  return reading.end()
}
