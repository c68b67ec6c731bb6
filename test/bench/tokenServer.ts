/**
 * A token endpoint in a process of its own: `tokenServer.js <milliseconds>`. Each answer takes that long and has a new
 * refresh token, after which the one before is refused. A message is answered with what it has seen, and starts anew.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

export interface TokenServerSeen {
  /** Refreshes. */
  readonly exchanges: number
  readonly signIns: number
  readonly refused: number
  readonly mostInFlight: number
}

const latency = Number(process.argv[2])
const nothing = { exchanges: 0, signIns: 0, refused: 0, mostInFlight: 0 }
let seen = { ...nothing }
let inFlight = 0

/** The refresh token that a user has now, where it isn't the first one. */
const current = new Map<string, number>()

// As long as Spotify's.
const tokenOf = (user: string, n: number, length: number) => `${user}.${n}.`.padEnd(length, "x")

const answerOf = (form: URLSearchParams): readonly [status: number, body: object] => {
  const [user = "", n = ""] = (form.get("refresh_token") ?? form.get("code") ?? "").split(".")
  const last = current.get(user) ?? 0
  if (form.get("grant_type") !== "refresh_token") {
    seen.signIns++
  } else if (Number(n) === last) {
    seen.exchanges++
  } else {
    seen.refused++
    return [400, { error: "invalid_grant", error_description: "Refresh token revoked" }]
  }
  current.set(user, last + 1)
  return [200, {
    access_token: tokenOf(user, last + 1, 220),
    token_type: "Bearer",
    expires_in: 3600,
    refresh_token: tokenOf(user, last + 1, 131),
    scope: "user-library-read user-top-read"
  }]
}

const server = createServer((request, response) => {
  let text = ""
  seen.mostInFlight = Math.max(seen.mostInFlight, ++inFlight)
  request.setEncoding("utf8").on("data", (part: string) => text += part).on("end", () =>
    setTimeout(() => {
      inFlight--
      const [status, body] = answerOf(new URLSearchParams(text))
      const bytes = Buffer.from(JSON.stringify(body))
      response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length }).end(bytes)
    }, latency))
})
server.keepAliveTimeout = 120_000
server.listen(
  { port: 0, host: "127.0.0.1", backlog: 4096 },
  () => process.send?.({ port: (server.address() as AddressInfo).port })
)
process.on("message", () => {
  process.send?.(seen)
  seen = { ...nothing, mostInFlight: inFlight }
})
process.on("disconnect", () => process.exit(0))
