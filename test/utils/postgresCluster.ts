/**
 * A PostgreSQL of the tests' own, in a temporary folder, that ends with them. It starts beside the first tests; those that
 * need it wait until it answers. TEST_DATABASE_URL names another one, in which the tests create and drop tables.
 */
import { execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

const said = (command: string, ...args: ReadonlyArray<string>): string | undefined => {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
  } catch {
    return undefined
  }
}

const debian = "/usr/lib/postgresql"

/** Debian keeps the server's programs out of the PATH. */
const folders = (): ReadonlyArray<string> => [
  ...(existsSync(debian) ? readdirSync(debian).sort().reverse().map((version) => `${debian}/${version}/bin`) : []),
  ...(process.env["PATH"] ?? "").split(":")
]

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" ? address?.port ?? 0 : 0))
    })
  })

/** PostgreSQL refuses to run as root. */
const somebodyElse = (): { readonly uid?: number; readonly gid?: number } | undefined => {
  if (process.getuid?.() !== 0) return {}
  const name = ["postgres", "nobody"].find((name) => said("id", "-u", name) !== undefined)
  return name === undefined ? undefined : { uid: Number(said("id", "-u", name)), gid: Number(said("id", "-g", name)) }
}

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const bin = folders().find((folder) => existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`))
  const user = somebodyElse()
  if (process.env["TEST_DATABASE_URL"] !== undefined || bin === undefined || user === undefined) return undefined

  const folder = mkdtempSync(join(tmpdir(), "effect-spotify-postgres-"))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const port = await freePort()
  process.env["TEST_DATABASE_URL"] = `postgres://postgres@127.0.0.1:${port}/postgres`

  const data = join(folder, "data")
  const options = { ...user, cwd: folder, stdio: "ignore" } as const
  const started = new Promise<ReturnType<typeof spawn> | undefined>((resolve) => {
    const initdb = spawn(`${bin}/initdb`, ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"], options)
    initdb.on("error", () => resolve(undefined)).on("exit", (code) =>
      resolve(
        code === 0
          ? spawn(
            `${bin}/postgres`,
            ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", folder, "-N", "200", "-c", "fsync=off"],
            options
          ).on("error", () => undefined)
          : undefined
      ))
  })

  return async () => {
    const server = await started
    if (server !== undefined && server.exitCode === null) {
      const ended = new Promise((resolve) => server.on("exit", resolve))
      server.kill("SIGQUIT")
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
}
