/** What the stores have in common: the expiry of a pending sign-in, and error messages that show no secret. */
import * as Duration from "effect/Duration"
import type * as ParseResult from "effect/ParseResult"
import { issuePath } from "../core/input.js"

/** After this a pending sign-in has expired, and its callback is refused. */
export const pendingLifetime = Duration.hours(1)

/** The path at which a stored value failed to decode, without the value, which may be a secret. */
export const describe = (error: ParseResult.ParseError): string => {
  const path = issuePath(error.issue)
  return path === "" ? "it isn't JSON of the right shape" : `what it has at ${path} isn't right`
}

/** Whether a driver says that another connection holds an SQLite database. */
export const isBusy = (detail: string): boolean => /SQLITE_BUSY|database (table )?is locked/.test(detail)

/**
 * The driver's message, and where it says that SQLite is busy, the likely cause and what to do. A frequent one is the
 * caller's own open transaction: the store doesn't join it, because a rollback would undo a token that is in use.
 */
export const explained = (detail: string): string =>
  !isBusy(detail) || detail.endsWith(whyBusy) ? detail : `${detail}. ${whyBusy}`

const whyBusy =
  "Another process holds the database, or a transaction of this program that waits for this call, which tokens " +
  "take no part in. Ask for the access token before the transaction, or give tokens a database of their own."
