import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Server {
  readonly fast: string
  readonly slow: string
  /** 50 Mbit/s for all answers together, 50 ms away, packed when asked. */
  readonly linked: string
  /** A port that takes 10 requests a second, 10 at once; and how often it has said no since. */
  readonly limited: () => Promise<{ readonly origin: string; readonly refused: () => Promise<number> }>
  readonly stop: () => void
}

/** Starts the local Spotify in a process of its own. */
export const startServer = async (): Promise<Server> => {
  const child = fork(fileURLToPath(new URL("./server.js", import.meta.url)), { execArgv: [] })
  child.on("error", (error) => {
    throw error
  })
  const answer = (question?: string): Promise<Record<string, number>> =>
    new Promise((resolve) => {
      child.once("message", (message) => resolve(message as Record<string, number>))
      if (question !== undefined) child.send(question)
    })
  const origin = (port: number | undefined): string => `http://127.0.0.1:${port}`
  const { fast, linked, slow } = await answer()
  return {
    fast: origin(fast),
    slow: origin(slow),
    linked: origin(linked),
    limited: async () => ({
      origin: origin((await answer("limited"))["limited"]),
      refused: async () => (await answer("refused"))["refused"] ?? 0
    }),
    stop: () => child.disconnect()
  }
}
