/**
 * Spotify counts requests per app and per developer account: every process of an app draws on one budget. A `RateBudget`
 * beneath the clients of several processes says when the next request of that budget may leave, and tells all of them of
 * a 429 that one has met.
 *
 * Without one, each client has a gate of its own.
 *
 * @since 0.2.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { BudgetUnavailable, InvalidInput } from "../core/SpotifyError.js"
import { monotonic } from "../core/time.js"
import { checkBudget } from "./budgetOptions.js"
import { decide, sendable, type State } from "./decide.js"
import type { Grant, Report } from "./report.js"
import { SharedDispatcher } from "./sharedDispatcher.js"
import { SharedPace } from "./sharedPace.js"

export type {
  /**
   * @since 0.2.0
   * @category models
   */
  Grant,
  /**
   * @since 0.2.0
   * @category models
   */
  Report
} from "./report.js"

/**
 * The budget that clients share which are made beneath it; without one, each has a gate of its own.
 *
 * @since 0.2.0
 * @category tags
 */
export class RateBudget extends Context.Tag("effect-spotify/RateBudget")<RateBudget, RateBudget.Service>() {}

/**
 * @since 0.2.0
 */
export declare namespace RateBudget {
  /**
   * A budget by its key, and the engine that decides for all who draw on it.
   *
   * @since 0.2.0
   * @category models
   */
  export interface Service {
    /** What all who draw on it call it: the client id, or a name for several apps of one account. */
    readonly key: string
    /** Takes a report and gives what follows for the gate that sent it: one decision at a time for all gates. */
    readonly report: (report: Report) => Effect.Effect<Grant, BudgetUnavailable>
    /**
     * Gives a client its gate, for as long as the scope lasts around it, if there is one; `make` makes it of the others.
     *
     * @internal
     */
    readonly join: (limits: {
      readonly maxWait: number
      readonly maxInFlight: number
      readonly told: Report["told"]
    }) => Effect.Effect<object>
  }
}

/**
 * A budget of one's own engine. `report` takes the reports of all gates of all processes, one after the other, and says
 * what follows. Where it fails or takes longer than 0.8 seconds, requests leave by a pace of the client's own, its part of
 * what all had, until it answers again; or, with "fail", calls end with that failure.
 *
 * @since 0.2.0
 * @category constructors
 */
export const make = (options: {
  readonly key: string
  readonly report: (report: Report) => Effect.Effect<Grant, BudgetUnavailable>
  readonly onUnavailable?: "local" | "fail" | undefined
}): RateBudget.Service => {
  const { key, onUnavailable = "local", report } = options
  return {
    key,
    report,
    join: (options) =>
      Effect.gen(function*() {
        const runtime = yield* Effect.runtime<never>()
        const pace = new SharedPace(
          { key, report },
          { member: crypto.randomUUID(), told: options.told, onUnavailable },
          runtime
        )
        const scope = yield* Effect.serviceOption(Scope.Scope)
        if (Option.isSome(scope)) yield* Scope.addFinalizer(scope.value, pace.close)
        return new SharedDispatcher(options, pace)
      })
  }
}

/**
 * Keeps a budget in the memory of this process, for several clients in it: apps of one developer account, for example.
 *
 * Fails with `InvalidInput` for options that can't be right.
 *
 * @since 0.2.0
 * @category layers
 */
export const layerMemory = (options: {
  /** What the clients call it, as it is told in errors and logs. */
  readonly key: string
}): Layer.Layer<RateBudget, InvalidInput> =>
  Layer.effect(
    RateBudget,
    Effect.map(checkBudget("RateBudget.layerMemory", {}, options), () => {
      let state: State | undefined
      return make({
        key: options.key,
        report: (report) =>
          Effect.map(Effect.clock, (clock) => {
            const decision = decide(state, sendable(report), monotonic(clock))
            state = decision.state
            return decision.grant
          })
      })
    })
  )
