import type * as Duration from "effect/Duration"
import type { InvalidInput } from "../../core/SpotifyError.js"
import type { Incoming, Reply } from "./http.js"

export interface Fault {
  /** Whether the request does its work before the fault strikes. */
  readonly applied: boolean
  /** How long the client waits for the outcome. */
  readonly delay: Duration.DurationInput | undefined
  /** `pass` is the true answer, `cutOff` and `brokenOff` half of it, `reset` a lost connection. */
  readonly outcome: Reply | "pass" | "reset" | "cutOff" | "brokenOff"
  /** Why what it was made of can't be right; `failNext` fails with it. */
  readonly refused?: InvalidInput | undefined
}

export interface Match {
  readonly method?: string | undefined
  readonly path?: string | RegExp | undefined
  readonly host?: "accounts" | "api" | undefined
}

interface Plan {
  readonly fault: Fault
  readonly match: Match
  left: number
}

export const matches = (match: Match, host: string, request: Incoming): boolean =>
  (match.method === undefined || match.method === request.method) &&
  (match.host === undefined || match.host === host) &&
  (match.path === undefined ||
    (typeof match.path === "string" ? match.path === request.url.pathname : match.path.test(request.url.pathname)))

/** The faults still to come, each for one or more requests, in the order they were asked for. */
export class Faults {
  private plans: Array<Plan> = []

  add(faults: ReadonlyArray<Fault>, times: number, match: Match): void {
    for (const fault of faults) this.plans.push({ fault, match, left: times })
  }

  clear(): void {
    this.plans = []
  }

  take(host: string, request: Incoming): Fault | undefined {
    const plan = this.plans.find((plan) => matches(plan.match, host, request))
    if (plan === undefined) return undefined
    plan.left -= 1
    if (plan.left <= 0) this.plans = this.plans.filter((other) => other !== plan)
    return plan.fault
  }
}
