/** As much of the browser's `navigator.locks` as the store uses: exclusive locks that can be waited for and aborted. */
export const makeLocks = () => {
  const queues = new Map<string, Array<() => void>>()
  let held = 0

  const request = (
    name: string,
    options: { readonly signal: AbortSignal },
    callback: () => Promise<void>
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      let state: "waiting" | "held" | "aborted" = "waiting"
      const next = () => {
        queue.shift()
        queue[0]?.()
      }
      const grant = () => {
        // A browser grants in a task of its own.
        queueMicrotask(() => {
          if (state === "aborted") {
            return next()
          }
          state = "held"
          held++
          callback().then(() => {
            held--
            next()
            resolve()
          }, reject)
        })
      }
      options.signal.addEventListener("abort", () => {
        if (state === "waiting") {
          state = "aborted"
          if (queue[0] !== grant) {
            queue.splice(queue.indexOf(grant), 1)
          }
          reject(options.signal.reason)
        }
      })
      queue.push(grant)
      if (queue.length === 1) {
        grant()
      }
    })

  return {
    request,
    held: () => held,
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + Math.max(0, queue.length - 1), 0)
  }
}
