/**
 * The PostgreSQL of `DATABASE_URL`; without one, a server of this run's own in a temporary folder, where PostgreSQL is
 * installed. That one is for trying the example out: it ends with it, and keeps nothing.
 */
import { Config, Data, Effect, Option } from "effect"
import { execFileSync, spawnSync } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "./freePort.js"

class NoPostgres extends Data.TaggedError("NoPostgres")<{ readonly message: string }> {}

/** Debian keeps the server's programs out of the PATH. */
const programs = () => {
  const debian = "/usr/lib/postgresql"
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : []
  return [...versions.map((version) => `${debian}/${version}/bin`), ...(process.env["PATH"] ?? "").split(":")]
    .find((folder) => existsSync(`${folder}/initdb`))
}

/** PostgreSQL refuses to run as root. */
const user = () => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

const temporary = (bin: string) =>
  Effect.gen(function*() {
    const owner = user()
    const port = yield* freePort
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-spotify-fleet-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
    const options = { ...owner, cwd: folder, stdio: "ignore" } as const
    const control = (...args: ReadonlyArray<string>) =>
      Effect.filterOrFail(
        Effect.sync(() => spawnSync(`${bin}/pg_ctl`, ["-D", "data", "-w", ...args], options)),
        ({ status }) => status === 0,
        () => new NoPostgres({ message: `No PostgreSQL could be started in ${folder}; give one by DATABASE_URL` })
      )
    if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid)
    spawnSync(`${bin}/initdb`, ["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"], options)
    yield* Effect.acquireRelease(
      control("-o", `-p ${port} -h 127.0.0.1 -k ${folder} -N 200`, "start"),
      () => Effect.ignore(control("-m", "immediate", "stop"))
    )
    return `postgres://postgres@127.0.0.1:${port}/postgres`
  })

export const server = Effect.flatMap(
  Config.option(Config.nonEmptyString("DATABASE_URL")),
  Option.match({
    onSome: Effect.succeed,
    onNone: () => {
      const bin = programs()
      return bin === undefined
        ? new NoPostgres({
          message:
            "The fleet needs PostgreSQL: give one by DATABASE_URL=postgres://user@host/database, in which it may " +
            "create a database of its own, or install one"
        })
        : temporary(bin)
    }
  })
)
