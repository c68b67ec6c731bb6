import { Schema } from "effect"

/** What a worker is told, as its argument. */
export const Task = Schema.parseJson(Schema.Struct({
  /** Where it listens to the others. */
  port: Schema.Number,
  database: Schema.String,
  accountsUrl: Schema.String,
  apiUrl: Schema.String,
  /** What Spotify allows all of them together. */
  budget: Schema.Struct({ requests: Schema.Number, seconds: Schema.Number })
}))

/** What it tells of its client, again and again. */
export interface Told {
  readonly inFlight: number
  readonly waiting: number
  readonly pausedUntil: number | undefined
}
