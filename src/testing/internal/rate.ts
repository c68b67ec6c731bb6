import type { Reply } from "./http.js"
import { json } from "./http.js"

export interface RateLimit {
  /** Milliseconds until a request would be let through; 0 lets this one through and counts it. */
  readonly take: (now: number) => number
}

export const unlimited: RateLimit = { take: () => 0 }

/** At most `requests` in any `window` milliseconds. Refused requests don't count. */
export const rolling = (requests: number, window: number): RateLimit => {
  const times: Array<number> = []
  return {
    take: (now) => {
      while (times[0] !== undefined && times[0] <= now - window) times.shift()
      if (times.length < requests) {
        times.push(now)
        return 0
      }
      return (times[0] ?? now) + window - now
    }
  }
}

/** `burst` tokens at most, `rate` new ones a second. */
export const bucket = (rate: number, burst: number): RateLimit => {
  let tokens = burst
  let last: number | undefined
  return {
    take: (now) => {
      tokens = Math.min(burst, tokens + (now - (last ?? now)) * rate / 1000)
      last = now
      if (tokens >= 1) {
        tokens -= 1
        return 0
      }
      return (1 - tokens) * 1000 / rate
    }
  }
}

export const tooManyRequests = (retryAfter: number | string | undefined): Reply =>
  json(
    { error: { status: 429, message: "API rate limit exceeded" } },
    429,
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }
  )
