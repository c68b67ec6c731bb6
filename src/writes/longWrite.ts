/**
 * A write of any length as a resumable batch job: a checkpoint (the account) before and after each request, and
 * reconciliation by reading back where a request that isn't idempotent had no answer.
 */
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { encoder } from "../core/input.js"
import { InvalidInput, isInDoubt, type SpotifyError } from "../core/SpotifyError.js"
import type { Fields } from "../endpoint/Endpoint.js"
import { type Account, IncompleteWrite, type Options, type Source } from "./BulkWrites.js"

type Uris = ReadonlyArray<string>

export interface Job {
  readonly operation: string
  /** The most entries that one request takes. */
  readonly cap: number
  readonly check: (uri: string) => Either.Either<string, InvalidInput>
  /** Gives the new snapshot where there is one. */
  readonly send: (batch: Uris, account: Account) => Effect.Effect<string | undefined, SpotifyError, SpotifyClient>
  /**
   * Reads back whether a batch is written; `before` are the last entries written before it. None where that can't be told,
   * and then nothing is sent again. Absent where a repeat does no harm.
   */
  readonly settle?: (
    batch: Uris,
    before: Uris,
    account: Account
  ) => Effect.Effect<Option.Option<boolean>, SpotifyError, SpotifyClient>
  /** Whether an empty list is sent too, since it empties the playlist. */
  readonly sendsNone?: boolean
}

const maxAttempts = 3

/** The form in which an entry is sent as one of `uris`, or what is wrong with it. */
export const checker = (operation: string, fields: Fields): Job["check"] => {
  const encode = encoder(
    operation,
    Schema.make<unknown, { readonly uris?: unknown }>(Schema.Struct(fields).ast)
  )
  return (uri) => Either.map(encode({ uris: [uri] }), ({ uris }) => String(uris))
}

export const isIterable = <E, R>(source: Source<E, R>): source is Iterable<string> => Predicate.isIterable(source)

const canSettle = (job: Job): job is Job & Required<Pick<Job, "settle">> => job.settle !== undefined

const startsWith = (list: Uris, start: Uris): boolean => start.every((uri, i) => uri === list[i])

export const run = <E = never, R = never, E2 = never, R2 = never>(
  job: Job,
  source: Source<E, R>,
  options: Options<E2, R2> = {}
): Effect.Effect<Account, InvalidInput | IncompleteWrite<E | E2>, SpotifyClient | R | R2> =>
  Effect.flatMap(DateTime.now, (now) => {
    type Stopped = InvalidInput | IncompleteWrite<E | E2>
    const { onProgress, resume } = options
    let account: Account = resume ?? { written: 0, failed: [], inDoubt: [], startedAt: now }
    let sent = false
    const before: Array<string> = []
    const otherJob = InvalidInput.of(job.operation, "resume", "the account of a job with the same entries")

    const incomplete = (cause: SpotifyError | E | E2 | undefined, change: Partial<Account> = {}): Stopped => {
      if (cause instanceof InvalidInput && !sent) return cause
      account = { ...account, failed: [], inDoubt: [], ...change }
      const { failed, inDoubt, written } = account
      return new IncompleteWrite<E | E2>({
        operation: job.operation,
        account,
        cause,
        message: `${job.operation} stopped: ${written} written, ${failed.length} failed, ${inDoubt.length} in doubt${
          cause === undefined ? "" : `: ${Predicate.isError(cause) ? cause.message : String(cause)}`
        }`
      })
    }

    const report = (change: Partial<Account>): Effect.Effect<void, Stopped, R2> => {
      account = { ...account, ...change }
      return onProgress === undefined
        ? Effect.void
        : Effect.mapError(onProgress(account), (error) => incomplete(error))
    }

    const remember = (entries: Uris): void => {
      before.push(...entries)
      before.splice(0, before.length - job.cap)
    }

    const settle = (
      { settle }: { readonly settle: NonNullable<Job["settle"]> },
      batch: Uris
    ): Effect.Effect<Option.Option<boolean>, SpotifyError, SpotifyClient> =>
      Effect.suspend(() => {
        const read = settle(batch, before, account)
        // Reads lag, and a request without an answer may still take effect: "not written" counts only when seen twice.
        return Effect.flatMap(
          read,
          (written) => Option.contains(written, false) ? Effect.delay(read, "2 seconds") : Effect.succeed(written)
        )
      })

    const wrote = (batch: Uris, snapshot: string | undefined): Effect.Effect<void, Stopped, R2> => {
      remember(batch)
      const { snapshotId: _, ...rest } = account
      account = rest
      return report({
        written: account.written + batch.length,
        failed: [],
        inDoubt: [],
        ...(snapshot === undefined ? {} : { snapshotId: snapshot })
      })
    }

    const write = (batch: Uris, attempt = 1): Effect.Effect<void, Stopped, SpotifyClient | R2> =>
      Effect.zipRight(
        report({ failed: [], inDoubt: batch }),
        Effect.matchEffect(job.send(batch, account), {
          onSuccess: (snapshot) => {
            sent = true
            return wrote(batch, snapshot)
          },
          onFailure: (error) => {
            if (!isInDoubt(error)) return Effect.fail(incomplete(error, { failed: batch }))
            sent = true
            if (!canSettle(job)) return Effect.fail(incomplete(error, { inDoubt: batch }))
            return Effect.delay(settle(job, batch), "1 second").pipe(
              Effect.orElseSucceed(() => Option.none<boolean>()),
              Effect.flatMap(Option.match({
                onNone: () => Effect.fail(incomplete(error, { inDoubt: batch })),
                onSome: (written) => {
                  if (written) return wrote(batch, undefined)
                  return attempt < maxAttempts
                    ? write(batch, attempt + 1)
                    : Effect.fail(incomplete(error, { failed: batch }))
                }
              }))
            )
          }
        })
      )

    const each = (batch: Uris): Effect.Effect<void, Stopped, SpotifyClient | R2> => {
      const { inDoubt } = account
      if (!canSettle(job) || inDoubt.length === 0) return write(batch)
      if (!startsWith(batch, inDoubt)) {
        return Effect.fail(otherJob)
      }
      return settle(job, inDoubt).pipe(
        Effect.mapError((error) => incomplete(error, { inDoubt })),
        Effect.flatMap(Option.match({
          onNone: () => Effect.fail(incomplete(undefined, { inDoubt })),
          onSome: (written) => {
            if (!written) return write(batch)
            const rest = batch.slice(inDoubt.length)
            return Effect.zipRight(wrote(inDoubt, undefined), rest.length === 0 ? Effect.void : write(rest))
          }
        }))
      )
    }

    const checked = (entries: Iterable<string>): Either.Either<Array<string>, InvalidInput> =>
      Either.all(Array.from(entries, job.check))

    const from = account.written
    let index = 0
    const rest = <E, R>(entries: Stream.Stream<string, E, R>): Stream.Stream<Chunk.Chunk<string>, E, R> =>
      entries.pipe(
        Stream.filter((uri) => {
          if (index++ >= from) return true
          remember([uri])
          return false
        }),
        Stream.grouped(job.cap)
      )
    const end = Effect.suspend(() => {
      if (index < from) return Effect.fail(otherJob)
      const none = job.sendsNone === true && account.written === 0 ? write([]) : Effect.void
      return Effect.map(none, () => account)
    })

    if (isIterable(source)) {
      return Effect.flatMap(checked(source), (entries) =>
        Effect.zipRight(
          Stream.runForEach(rest(Stream.fromIterable(entries)), (batch) => each(Chunk.toReadonlyArray(batch))),
          end
        ))
    }
    return rest(source).pipe(
      Stream.mapError((error) => incomplete(error)),
      Stream.runForEach((batch) =>
        Either.match(checked(batch), {
          onLeft: (error) => Effect.fail(incomplete(error, { failed: Chunk.toReadonlyArray(batch) })),
          onRight: each
        })
      ),
      Effect.zipRight(end)
    )
  })
