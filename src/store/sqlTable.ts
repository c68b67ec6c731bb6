/** The table's schema and version: created where it is missing, verified where it is there, never migrated. */
import * as Effect from "effect/Effect"
import { TokenStoreError } from "../core/SpotifyError.js"
import type { Database } from "./sqlDatabase.js"

const version = "1"

const columns = ["id text", "kind text", "user_key text", "value text", "updated_at bigint"]

export const openTable = ({ dialect, read, send, sql, write }: Database, store: string, table: string) =>
  Effect.gen(function*() {
    const name = sql(table)

    const found = Effect.map(
      send("open", dialect.columns),
      (columns) => columns.map((column) => `${column.name} ${column.type}`)
    )

    const create = send(
      "open",
      dialect.create(
        sql`CREATE TABLE IF NOT EXISTS ${name} (
          ${sql.literal(columns.map((column) => `${column} NOT NULL`).join(", "))}, PRIMARY KEY (id)
        )`
      )
    ).pipe(
      // Another process may have made it meanwhile.
      Effect.catchAll((error) => Effect.flatMap(found, ({ length }) => length === 0 ? Effect.fail(error) : Effect.void))
    )

    const refuse = (reason: string) => TokenStoreError.of(store, "open", `it was left as it is: ${reason}`)

    const findVersion = Effect.map(
      read("open", sql<{ readonly value: string }>`SELECT value FROM ${name} WHERE id = 'version'`),
      (rows) => rows[0]?.value
    )

    yield* Effect.ignore(send("open", dialect.protect))
    if ((yield* found).length === 0) {
      yield* create
    }
    const actual = yield* found
    if (actual.length === 0) {
      return yield* TokenStoreError.of(
        store,
        "open",
        "what one connection makes, another one doesn't see: an SQLite database has to be a file (for tokens in memory " +
          "there is TokenStore.layerMemory)"
      )
    }
    if (actual.length !== columns.length || !columns.every((column) => actual.includes(column))) {
      const [expected, instead] = [columns.join(", "), actual.join(", ")]
      return yield* refuse(
        `a table of tokens has the columns ${expected}, and this one has ${instead}. Choose another name with \`table\`.`
      )
    }
    if ((yield* findVersion) === undefined) {
      yield* write(
        "open",
        sql`INSERT INTO ${name} (id, kind, user_key, value, updated_at)
          VALUES ('version', 'version', '', ${version}, 0) ON CONFLICT (id) DO NOTHING`
      )
    }
    const actualVersion = yield* findVersion
    if (actualVersion !== version) {
      return yield* refuse(`it has version ${actualVersion}, and this release knows version ${version}`)
    }
  })
