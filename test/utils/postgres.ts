/** The PostgreSQL that tests run against, see postgresCluster.ts; without one they are skipped. */
import { connect } from "node:net"
import { setTimeout } from "node:timers/promises"

const url = process.env["TEST_DATABASE_URL"]

/** Where `hasPostgres` says so. */
export const postgresUrl = url ?? "postgres://127.0.0.1:1/none"

const answers = (url: string) =>
  new Promise<boolean>((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port || 5432), timeout: 3000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on("connect", () => end(true)).on("error", () => end(false)).on("timeout", () => end(false))
  })

/** Whether a server answers within half a minute: a cluster of one's own may be starting. */
export const answersSoon = async (url: string): Promise<boolean> => {
  for (let tries = 0; tries < 150; tries++) {
    if (await answers(url)) return true
    await setTimeout(200)
  }
  return false
}

export const hasPostgres = url !== undefined && (await answersSoon(url))

/** For the name of a test that is skipped. */
export const withPostgres = hasPostgres
  ? "with PostgreSQL"
  : url === undefined
  ? "with PostgreSQL (skipped: there is none here; install one, or set TEST_DATABASE_URL)"
  : "with PostgreSQL (skipped: the one of TEST_DATABASE_URL doesn't answer)"
