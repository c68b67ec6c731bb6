import * as Duration from "effect/Duration"
import type * as ParseResult from "effect/ParseResult"
import { issuePath } from "../core/input.js"

/** How long a pending sign-in waits for its callback. */
export const pendingLifetime = Duration.hours(1)

/** Where a stored value stopped making sense; never the value, which may hold secrets. */
export const describe = (error: ParseResult.ParseError): string => {
  const path = issuePath(error.issue)
  return path === "" ? "it isn't JSON of the right shape" : `what it has at ${path} isn't right`
}

/** Whether a driver says that another connection holds an SQLite database. */
export const isBusy = (detail: string): boolean => /SQLITE_BUSY|database (table )?is locked/.test(detail)

/** What that comes of, and what to do: a token isn't part of the caller's transaction, which may be undone. */
export const explained = (detail: string): string =>
  !isBusy(detail) || detail.endsWith(whyBusy) ? detail : `${detail}. ${whyBusy}`

const whyBusy =
  "Another process holds the database, or a transaction of this program that waits for this call, which tokens " +
  "take no part in. Ask for the access token before the transaction, or give tokens a database of their own."
