/** Read-ahead (prefetch): what is asked for before anybody needs it. */
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"

/**
 * Whether what is asked for ahead is needed by now. Until then its calls leave only where they are in nobody's way (see
 * `Dispatcher`), and wait for as long as that takes; from then on they are calls as any other.
 */
export class Ahead {
  private listeners: Array<() => void> = []
  private needed = false

  get isNeeded(): boolean {
    return this.needed
  }

  need(): void {
    if (this.needed) return
    this.needed = true
    const listeners = this.listeners
    this.listeners = []
    for (const listener of listeners) listener()
  }

  /** Calls the listener once it is needed. */
  onNeed(listener: () => void): void {
    this.listeners.push(listener)
  }
}

/** Of the calls of a region. */
export const ahead: FiberRef.FiberRef<Ahead | undefined> = globalValue(
  "effect-spotify/ahead",
  () => FiberRef.unsafeMake<Ahead | undefined>(undefined)
)
