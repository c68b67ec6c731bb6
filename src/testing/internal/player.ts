import * as Catalogue from "./catalogue.js"
import type { Own } from "./own.js"

export interface Device {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly supports_volume: boolean
  volume_percent: number | null
}

export interface Play {
  readonly uri: string
  readonly played_at: string
  readonly context: string | null
}

export type RepeatState = "off" | "context" | "track"

const durationOf = (own: Own, uri: string): number => {
  const [, kind, id = ""] = uri.split(":")
  const n = kind === "track" || kind === "episode" ? Catalogue.indexOf(own, kind, id) : undefined
  return n === undefined ? 180_000 : kind === "track" ? Catalogue.trackDuration(own, n) : Catalogue.episodeDuration(n)
}

/** What one user listens to. Time passes only when `advance` is told the time. */
export class Player {
  readonly devices: ReadonlyArray<Device> = [
    {
      id: "aaaa567890123456789012345678901234567890",
      name: "Kitchen Speaker",
      type: "Speaker",
      supports_volume: true,
      volume_percent: 60
    },
    {
      id: "bbbb567890123456789012345678901234567890",
      name: "Old Phone",
      type: "Smartphone",
      supports_volume: false,
      volume_percent: null
    }
  ]
  active: string | undefined
  context: string | null = null
  /** The context's items; `position` is the one that plays. */
  list: ReadonlyArray<string> = []
  position = 0
  /** What the user put in the queue: it plays before the list goes on. */
  queue: ReadonlyArray<string> = []
  current: string | undefined
  playing = false
  repeat: RepeatState = "off"
  shuffle = false
  /** Newest first. */
  history: ReadonlyArray<Play>
  /** The progress that there was at `since`. */
  private progress = 0
  private since = 0

  constructor(device: boolean, past: ReadonlyArray<string>, private readonly own: Own) {
    this.active = device ? this.devices[0]?.id : undefined
    this.history = past.map((uri, i) => ({
      uri,
      played_at: Catalogue.pastDate(i).replace("Z", `.${String(100 + i)}Z`),
      context: null
    }))
  }

  get durationMs(): number {
    return this.current === undefined ? 0 : durationOf(this.own, this.current)
  }

  progressAt(now: number): number {
    return this.playing ? this.progress + now - this.since : this.progress
  }

  advance(now: number): void {
    while (this.playing && this.current !== undefined && this.progressAt(now) >= this.durationMs) {
      const end = this.since + this.durationMs - this.progress
      this.remember(end)
      if (this.repeat === "track") this.restart(0, end)
      else this.forward(end)
    }
  }

  play(context: string | null, list: ReadonlyArray<string>, position: number, progress: number, now: number): void {
    this.context = context
    this.list = list
    this.position = position
    this.current = list[position]
    this.playing = true
    this.restart(progress, now)
  }

  resume(now: number): void {
    this.playing = true
    this.restart(this.progress, now)
  }

  pause(now: number): void {
    this.restart(this.progressAt(now), now)
    this.playing = false
  }

  seek(progress: number, now: number): void {
    this.restart(progress, now)
    this.advance(now)
  }

  skip(now: number): void {
    this.remember(now)
    this.forward(now)
  }

  previous(now: number): void {
    this.position = Math.max(0, this.position - 1)
    this.current = this.list[this.position] ?? this.current
    this.restart(0, now)
  }

  /** What plays after the current item, at most `count`. */
  upcoming(count: number): ReadonlyArray<string> {
    const rest = this.list.slice(this.position + 1)
    return [...this.queue, ...rest, ...(this.repeat === "context" ? this.list : [])].slice(0, count)
  }

  private forward(now: number): void {
    const [queued, ...others] = this.queue
    this.restart(0, now)
    if (queued !== undefined) {
      this.queue = others
      this.current = queued
    } else if (this.position + 1 < this.list.length || this.repeat === "context" && this.list.length > 0) {
      this.position = (this.position + 1) % this.list.length
      this.current = this.list[this.position]
    } else {
      this.playing = false
    }
  }

  private restart(progress: number, now: number): void {
    this.progress = progress
    this.since = now
  }

  private remember(now: number): void {
    if (this.current === undefined) return
    const play = { uri: this.current, played_at: new Date(now).toISOString(), context: this.context }
    this.history = [play, ...this.history].slice(0, 50)
  }
}
