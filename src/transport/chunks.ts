/** The bytes of a body up to a limit, as they come. */
export class Chunks {
  private readonly chunks: Array<Uint8Array> = []
  private size = 0
  /** Whether there was more than the limit. */
  isCut = false

  constructor(private readonly limit: number) {}

  /** Whether there is room for more. */
  add(chunk: Uint8Array): boolean {
    const room = this.limit - this.size
    this.isCut = chunk.length > room
    this.chunks.push(this.isCut ? chunk.subarray(0, room) : chunk)
    this.size += Math.min(chunk.length, room)
    return !this.isCut
  }

  all(): Uint8Array {
    const [first, ...others] = this.chunks
    if (first !== undefined && others.length === 0) return first
    const all = new Uint8Array(this.size)
    let at = 0
    for (const chunk of this.chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }
}

/** Reads a stream to its end, or gives it up where there is no room for more. */
export const readAll = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  to: { readonly add: (chunk: Uint8Array) => boolean }
): Promise<void> => {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    if (!to.add(value)) {
      // Nobody waits for what comes of giving it up.
      reader.cancel().catch(() => {})
      return
    }
  }
}
