/**
 * The statements of claims. A claim on a key is a row beside the key's token: whose it is and since when, who waits for
 * it in turn, and, as the row's time, until when it holds by the database's clock. Each statement is for many keys.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import type { Fragment, Statement } from "@effect/sql/Statement"
import * as Duration from "effect/Duration"

/** How long a claim holds after it was taken or renewed: what a process that dies with one keeps the others waiting. */
export const claimLifetime = Duration.seconds(15)

/** How long a claim that was handed over waits for the one who is to take it, who looks for it every second. */
const handedOverLifetime = Duration.seconds(3)

const lifetime = Duration.toMillis(claimLifetime)

/** `c/`, the machine's name in 22 characters, the process' number in 8, and 16 by chance. */
const ownerLength = 48

const sinceLength = 13

const waitersAt = ownerLength + sinceLength + 1

const chance = (): string => crypto.randomUUID().replaceAll("-", "").slice(0, 16)

/** A name for who claims: of this process, and of no other claim. */
export const makeOwner = (host: string): string => {
  const pid = typeof process === "undefined" ? 0 : process.pid
  const machine = host.replace(/[^\w.-]/g, "-").slice(0, 22).padEnd(22)
  return `c/${machine}${String(pid).slice(-8).padStart(8, "0")}${chance()}`
}

export const ownerOf = (claim: string): string => claim.slice(0, ownerLength)

export const isWaiting = (claim: string, owner: string): boolean => claim.indexOf(owner, ownerLength) > 0

/** Who has a claim, and since when. */
export const holderOf = (claim: string): string => {
  const machine = claim.slice(2, 24).trim()
  const pid = Number(claim.slice(24, 32))
  const since = new Date(Number(claim.slice(ownerLength, waitersAt - 1)))
  const who = claim.startsWith("c/") ? `process ${pid} on ${machine === "" ? "a machine" : machine}` : "somebody"
  return Number.isNaN(since.getTime()) ? who : `${who}, since ${since.toISOString()}`
}

const prefix = "claim-"

export const claimId = (tokenId: string): string => `${prefix}${tokenId}`

/** What is asked of a claim. */
export interface Wanted {
  readonly id: string
  readonly key: string
  readonly owner: string
  /** The number of the advisory lock that releases before 0.2 take for a refresh. */
  readonly lock: string
}

export interface Mine {
  readonly id: string
  readonly owner: string
}

/** The end of a claim: the token that is to be kept, where it is one, in the place of the one that was found. */
export interface End extends Mine {
  readonly key: string
  readonly before: string | null
  readonly next: string | null
  /** When the token was set, in milliseconds. */
  readonly updated: number
}

export interface WantedRow {
  readonly id: string
  /** The claim as it is now; null where it is somebody else's and this one waits for it already. */
  readonly claim: string | null
  readonly token: string | null
  /** False where a process of a release before 0.2 refreshes. */
  readonly free: boolean | number
}

export interface Found {
  readonly id: string
  readonly claim: string
  /** Whether it holds. */
  readonly holds: boolean | number
}

export interface EndRow {
  readonly id: string
}

export interface ClaimSql {
  /** Takes claims that are free, ended or handed over; enters who wants another one at the end of those who wait. */
  readonly take: (wanted: ReadonlyArray<Wanted>) => Statement<WantedRow>
  /** Gives the ids of the claims that were held, and of the tokens that were kept. */
  readonly end: (ends: ReadonlyArray<End>) => Statement<EndRow>
  readonly renew: (claims: ReadonlyArray<Mine>) => Statement<EndRow>
  /** Takes who waits out of those who wait; what was handed over meanwhile goes to the next. */
  readonly leave: (claims: ReadonlyArray<Mine>) => Statement<EndRow>
  /** Removes the token that was found, where the claim is still held; gives its id. */
  readonly remove: (end: Mine & { readonly before: string }) => Statement<EndRow>
  readonly look: (ids: ReadonlyArray<string>) => Statement<Found>
}

interface Parts {
  readonly sql: SqlClient.SqlClient
  readonly now: Fragment
  /** How one looks for a text in another. */
  readonly position: string
}

/** The expressions that both databases have in common. */
const expressions = ({ now, position, sql }: Parts) => {
  const literal = (text: string | number) => sql.literal(String(text))
  const column = (name: string) => sql.literal(name)
  const owner = (claim: Fragment) => sql`substr(${claim}, 1, ${literal(ownerLength)})`
  const waiters = (claim: Fragment) =>
    sql`CASE WHEN substr(${claim}, 1, 2) = 'c/'
      AND (length(${claim}) - ${literal(waitersAt - 1)}) % ${literal(ownerLength)} = 0
      THEN substr(${claim}, ${literal(waitersAt)}) ELSE '' END`
  /** A time that is further ahead than any claim's comes of a clock that was set back. */
  const isTooFar = (until: Fragment) => sql`${until} > ${now} + ${literal(2 * lifetime)}`
  const ended = (until: Fragment) => sql`(${until} <= ${now} OR ${isTooFar(until)})`
  /** The claim for the first of those who wait, or for nobody. */
  const handedOver = (claim: Fragment) =>
    sql`CASE WHEN ${waiters(claim)} = '' THEN ''
      ELSE substr(${claim}, ${literal(waitersAt)}, ${literal(ownerLength)}) || ${now}
        || substr(${claim}, ${literal(waitersAt + ownerLength)}) END`
  const handedOverUntil = (claim: Fragment) =>
    sql`CASE WHEN ${waiters(claim)} = '' THEN ${now} ELSE ${now} + ${
      literal(Duration.toMillis(handedOverLifetime))
    } END`
  /** What becomes of a claim that is wanted, `c` the row that is there and `excluded` the one of who wants it. */
  const taken = () => {
    const [there, wanted] = [column("c.value"), column("excluded.value")]
    // By the time at which it was asked for, as one that waited for the row would take one and write down another.
    const isFree = sql`(c.updated_at <= excluded.updated_at - ${literal(lifetime)}
      OR ${isTooFar(column("c.updated_at"))} OR ${owner(there)} = ${owner(wanted)})`
    return sql`UPDATE SET
      value = CASE WHEN ${isFree} THEN excluded.value || replace(${waiters(there)}, ${owner(wanted)}, '')
        ELSE c.value || ${owner(wanted)} END,
      updated_at = CASE WHEN ${isFree} THEN excluded.updated_at ELSE c.updated_at END
      WHERE ${isFree} OR ${literal(position)}(c.value, ${owner(wanted)}) = 0`
  }
  /** The value and the time of a claim without one of those who wait for it. */
  const left = (claim: Fragment, until: Fragment, who: Fragment) => ({
    value: sql`CASE WHEN ${owner(claim)} = ${who} THEN ${handedOver(claim)} ELSE replace(${claim}, ${who}, '') END`,
    until: sql`CASE WHEN ${owner(claim)} = ${who} THEN ${handedOverUntil(claim)} ELSE ${until} END`
  })
  return { column, ended, handedOver, handedOverUntil, left, literal, owner, taken }
}

/**
 * A statement sees the table as it was when the statement began, but what it locks as it is then (READ COMMITTED). So
 * each locks its claims first, in one order for all so that none waits in a circle, and reads the token by a lock too.
 */
export const postgresClaims = (sql: SqlClient.SqlClient, table: string): ClaimSql => {
  const name = sql(table)
  const now = sql`floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`
  const { column, ended, handedOver, handedOverUntil, left, literal, owner, taken } = expressions({
    sql,
    now,
    position: "strpos"
  })
  const tokenId = (id: string) => sql.literal(`substr(${id}, ${prefix.length + 1})`)
  const asked = (items: ReadonlyArray<object>, columns: string) =>
    sql`json_to_recordset(${JSON.stringify(items)}::json) AS a(${sql.literal(columns)})`
  const held = (items: ReadonlyArray<object>, columns: string, condition: Fragment) =>
    sql`held AS MATERIALIZED (
      SELECT a.*, c.value AS claim FROM ${name} AS c JOIN ${asked(items, columns)} ON a.id = c.id
      WHERE ${condition} ORDER BY c.id FOR UPDATE OF c
    )`
  const isMine = sql`${owner(column("c.value"))} = a.owner`

  return {
    // The lock of releases before 0.2 is tried, shared, so that these don't keep each other out.
    take: (wanted) =>
      sql<WantedRow>`WITH asked AS MATERIALIZED (
        SELECT a.id, a.key, a.owner, pg_try_advisory_xact_lock_shared(a.lock) AS free
        FROM ${asked(wanted, "id text, key text, owner text, lock bigint")} ORDER BY a.id
      ), claimed AS (
        INSERT INTO ${name} AS c (id, kind, user_key, value, updated_at)
        SELECT id, 'claim', key, owner || ${now}, ${now} + ${literal(lifetime)} FROM asked WHERE free ORDER BY id
        ON CONFLICT (id) DO ${taken()}
        RETURNING c.id, c.value
      )
      SELECT asked.id, asked.free, claimed.value AS claim,
        CASE WHEN ${owner(column("claimed.value"))} = asked.owner
          THEN (SELECT k.value FROM ${name} AS k WHERE k.id = ${tokenId("claimed.id")} FOR SHARE) END AS token
      FROM asked LEFT JOIN claimed ON claimed.id = asked.id`,
    end: (ends) =>
      sql<EndRow>`WITH ${
        held(ends, "id text, owner text, key text, before text, next text, updated bigint", isMine)
      }, changed AS (
        UPDATE ${name} AS k SET value = held.next, updated_at = held.updated FROM held
        WHERE k.id = ${tokenId("held.id")} AND k.value = held.before AND held.next IS NOT NULL RETURNING k.id
      ), made AS (
        INSERT INTO ${name} AS k (id, kind, user_key, value, updated_at)
        SELECT ${tokenId("id")}, 'token', key, next, updated FROM held WHERE before IS NULL AND next IS NOT NULL
        ON CONFLICT (id) DO NOTHING RETURNING k.id
      ), freed AS (
        UPDATE ${name} AS c SET value = ${handedOver(column("c.value"))},
          updated_at = ${handedOverUntil(column("c.value"))}
        FROM held WHERE c.id = held.id RETURNING c.id
      )
      SELECT id FROM changed UNION ALL SELECT id FROM made UNION ALL SELECT id FROM freed`,
    renew: (claims) =>
      sql<EndRow>`WITH ${held(claims, "id text, owner text", isMine)}
        UPDATE ${name} AS c SET updated_at = ${now} + ${
        literal(lifetime)
      } FROM held WHERE c.id = held.id RETURNING c.id`,
    leave: (claims) => {
      const { until, value } = left(column("c.value"), column("c.updated_at"), column("held.owner"))
      return sql<EndRow>`WITH ${held(claims, "id text, owner text", sql`strpos(c.value, a.owner) > 0`)}
        UPDATE ${name} AS c SET value = ${value}, updated_at = ${until} FROM held WHERE c.id = held.id RETURNING c.id`
    },
    remove: (end) =>
      sql<EndRow>`WITH ${held([end], "id text, owner text, before text", isMine)}
        DELETE FROM ${name} AS k USING held
        WHERE k.id = ${tokenId("held.id")} AND k.value = held.before RETURNING k.id`,
    look: (ids) =>
      sql<Found>`SELECT id, value AS claim, NOT ${ended(column("updated_at"))} AS holds FROM ${name}
        WHERE ${sql.in("id", ids)}`
  }
}

/** One writer at a time sees the table as it is, so that one `INSERT … ON CONFLICT` does what it takes. */
export const sqliteClaims = (sql: SqlClient.SqlClient, table: string): ClaimSql => {
  const name = sql(table)
  const now = sql`CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`
  const { column, ended, handedOver, handedOverUntil, left, literal, owner, taken } = expressions({
    sql,
    now,
    position: "instr"
  })
  const tokenId = (id: string) => sql.literal(`substr(${id}, ${prefix.length + 1})`)
  /** A cell may hold bytes that are no text, which some drivers can't read as such. */
  const text = (cell: string) =>
    sql.literal(`CASE typeof(${cell}) WHEN 'text' THEN ${cell} WHEN 'null' THEN NULL ELSE hex(${cell}) END`)
  const member = (name: string) => sql.literal(`json_extract(a.value, '$.${name}')`)
  const asked = (items: ReadonlyArray<object>) => sql`json_each(${JSON.stringify(items)}) AS a`
  const held = (items: ReadonlyArray<object>) =>
    sql`${asked(items)} JOIN ${name} AS c ON c.id = ${member("id")}
      AND ${owner(column("c.value"))} = ${member("owner")}`
  const upsert = (rows: Fragment) =>
    sql<EndRow>`INSERT INTO ${name} (id, kind, user_key, value, updated_at) ${rows}
      ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at RETURNING id`

  return {
    take: (wanted) =>
      sql<WantedRow>`INSERT INTO ${name} AS c (id, kind, user_key, value, updated_at)
        SELECT ${member("id")}, 'claim', ${member("key")}, ${member("owner")} || ${now}, ${now} + ${literal(lifetime)}
        FROM ${asked(wanted)} WHERE true
        ON CONFLICT (id) DO ${taken()}
        RETURNING id, value AS claim, 1 AS free,
          (SELECT ${text("token")} FROM (SELECT id AS token_id, value AS token FROM ${name})
            WHERE token_id = ${tokenId("id")}) AS token`,
    end: (ends) =>
      upsert(sql`SELECT ${tokenId("c.id")}, 'token', ${member("key")}, ${member("next")}, ${member("updated")}
          FROM ${held(ends)} LEFT JOIN ${name} AS k ON k.id = ${tokenId("c.id")}
          WHERE ${member("next")} IS NOT NULL AND ${text("k.value")} IS ${member("before")}
        UNION ALL
        SELECT c.id, c.kind, c.user_key, ${handedOver(column("c.value"))}, ${handedOverUntil(column("c.value"))}
          FROM ${held(ends)} WHERE true`),
    renew: (claims) =>
      upsert(
        sql`SELECT c.id, c.kind, c.user_key, c.value, ${now} + ${literal(lifetime)} FROM ${held(claims)} WHERE true`
      ),
    leave: (claims) => {
      const { until, value } = left(column("c.value"), column("c.updated_at"), member("owner"))
      return upsert(sql`SELECT c.id, c.kind, c.user_key, ${value}, ${until} FROM ${asked(claims)}
        JOIN ${name} AS c ON c.id = ${member("id")} AND instr(c.value, ${member("owner")}) > 0 WHERE true`)
    },
    remove: ({ before, id, owner: who }) =>
      sql<EndRow>`DELETE FROM ${name} WHERE id = ${id.slice(prefix.length)} AND ${text("value")} = ${before}
        AND EXISTS (SELECT 1 FROM ${name} AS c WHERE c.id = ${id} AND ${owner(column("c.value"))} = ${who})
        RETURNING id`,
    look: (ids) =>
      sql<Found>`SELECT id, ${text("value")} AS claim, NOT ${ended(column("updated_at"))} AS holds FROM ${name}
        WHERE ${sql.in("id", ids)}`
  }
}
