/** What each process of the memory's comparison does; each imports its own client alone. */
export const calls = 3000
export const atOnce = 50
export const trackId = "7EjyzZcbLxW7PaaLua9Ksb"

/** The peak of what the process had of the machine's memory. */
export const tell = (): void => {
  process.send?.({ megabytes: process.resourceUsage().maxRSS / 1024 })
  process.disconnect()
}
