/** How long a token is good for. */
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Token } from "../store/TokenStore.js"

/** A token is renewed this long before it ends, so that none ends on its way to Spotify. */
const leeway = 60_000

/** What part of its life that is at most: a token that lives for a minute would be renewed at every use. */
const leewayPart = 1 / 10

/** When a token came, where its life is so short that the leeway depends on it. */
export const issuedAt = (now: number, lifetime: number): Pick<Token, "issuedAt"> =>
  lifetime * leewayPart < leeway ? { issuedAt: DateTime.unsafeMake(now) } : {}

const leewayOf = ({ expiresAt, issuedAt }: Token): number =>
  issuedAt === undefined ? leeway : Math.min(leeway, (expiresAt.epochMillis - issuedAt.epochMillis) * leewayPart)

/** The end of a token whose end isn't known. */
export const never = 8_640_000_000_000_000

/** The access token, in clear, to compare it. */
export const textOf = (token: Token | undefined): string | undefined => token && Redacted.value(token.accessToken)

/** Whether a token is good until then. */
export const lasts = (token: Token, until: number): boolean => token.expiresAt.epochMillis > until

/** Whether a token needn't be renewed yet. */
export const isFresh = (token: Token, now: number): boolean => lasts(token, now + leewayOf(token))
