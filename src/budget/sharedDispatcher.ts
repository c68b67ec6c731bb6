/** The gate of a client that shares its budget with others. */
import type * as Clock from "effect/Clock"
import type { BudgetUnavailable } from "../core/SpotifyError.js"
import { Dispatcher, type Options, type Outcome, type Shut, type State } from "./dispatcher.js"
import type { Gate } from "./pace.js"
import type { Priority } from "./priority.js"
import type { SharedPace } from "./sharedPace.js"

/** How long the quota is taken to be spent where the answer doesn't say, in milliseconds: then it is worth a try. */
const quotaPause = 600_000

export class SharedDispatcher extends Dispatcher implements Gate {
  constructor(options: Options, private readonly shared: SharedPace) {
    super(options, shared)
    shared.gate = this
  }

  override state(now: number): State {
    return { ...super.state(now), fleet: this.shared.fleet() }
  }

  /** What can wait has to while the daily quota is spent. */
  override shut(now: number, priority?: Priority): Shut | undefined {
    return super.shut(now) ?? (priority === "background" ? this.shutUntil(this.shared.spentUntil, now) : undefined)
  }

  closeUntil(until: number, isNews: boolean, now: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until)
    if (!isNews) return
    this.limitedSince ??= now
    this.lookAt = now
    this.reopen()
  }

  refuse(why: BudgetUnavailable | number): void {
    if (typeof why === "number") {
      this.turnAway({ _tag: "Shut", until: why }, Object.values(this.queues.background))
    } else {
      this.turnAway({ _tag: "Shut", until: 0, error: why })
    }
  }

  protected override leave(ticket: number, outcome: Outcome, clock: Clock.Clock): void {
    if (outcome._tag === "Spent") this.shared.spent(outcome.wait ?? quotaPause)
    super.leave(ticket, outcome, clock)
  }
}
