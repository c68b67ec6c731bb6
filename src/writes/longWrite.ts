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

const canSettle = (job: Job): job is CanSettle => job.settle !== undefined

const startsWith = (list: Uris, start: Uris): boolean => start.every((uri, i) => uri === list[i])

type Stopped<E> = InvalidInput | IncompleteWrite<E>

type CanSettle = Job & Required<Pick<Job, "settle">>

/** One run of a job: sends batch after batch, and its account always says how far it came. */
class LongWrite<E, R> {
  private sent = false
  /** The last entries that are written, for reading back. */
  private readonly before: Array<string> = []

  constructor(
    private readonly job: Job,
    public account: Account,
    private readonly onProgress: Options<E, R>["onProgress"]
  ) {}

  get otherJob(): InvalidInput {
    return InvalidInput.of(this.job.operation, "resume", "the account of a job with the same entries")
  }

  incomplete(cause: SpotifyError | E | undefined, change: Partial<Account> = {}): Stopped<E> {
    if (cause instanceof InvalidInput && !this.sent) return cause
    this.account = { ...this.account, failed: [], inDoubt: [], ...change }
    const { failed, inDoubt, written } = this.account
    return new IncompleteWrite<E>({
      operation: this.job.operation,
      account: this.account,
      cause,
      message: `${this.job.operation} stopped: ${written} written, ${failed.length} failed, ${inDoubt.length} in doubt${
        cause === undefined ? "" : `: ${Predicate.isError(cause) ? cause.message : String(cause)}`
      }`
    })
  }

  private checkpoint(change: Partial<Account>): Effect.Effect<void, Stopped<E>, R> {
    this.account = { ...this.account, ...change }
    return this.onProgress === undefined
      ? Effect.void
      : Effect.mapError(this.onProgress(this.account), (error) => this.incomplete(error))
  }

  remember(entries: Uris): void {
    this.before.push(...entries)
    this.before.splice(0, this.before.length - this.job.cap)
  }

  private settle(
    { settle }: CanSettle,
    batch: Uris
  ): Effect.Effect<Option.Option<boolean>, SpotifyError, SpotifyClient> {
    return Effect.suspend(() => {
      const read = settle(batch, this.before, this.account)
      // Reads lag, and a request without an answer may still take effect: "not written" counts only when seen twice.
      return Effect.flatMap(
        read,
        (written) => Option.contains(written, false) ? Effect.delay(read, "2 seconds") : Effect.succeed(written)
      )
    })
  }

  private wrote(batch: Uris, snapshot: string | undefined): Effect.Effect<void, Stopped<E>, R> {
    this.remember(batch)
    const { snapshotId: _, ...rest } = this.account
    this.account = rest
    return this.checkpoint({
      written: rest.written + batch.length,
      failed: [],
      inDoubt: [],
      ...(snapshot === undefined ? {} : { snapshotId: snapshot })
    })
  }

  write(batch: Uris, attempt = 1): Effect.Effect<void, Stopped<E>, SpotifyClient | R> {
    return Effect.zipRight(
      this.checkpoint({ failed: [], inDoubt: batch }),
      Effect.suspend(() =>
        Effect.matchEffect(this.job.send(batch, this.account), {
          onSuccess: (snapshot) => {
            this.sent = true
            return this.wrote(batch, snapshot)
          },
          onFailure: (error) => {
            if (!isInDoubt(error)) return Effect.fail(this.incomplete(error, { failed: batch }))
            this.sent = true
            return this.reconcile(batch, attempt, error)
          }
        })
      )
    )
  }

  /** After a request that nobody knows the outcome of: reads back, and sends it again where it isn't written. */
  private reconcile(
    batch: Uris,
    attempt: number,
    error: SpotifyError
  ): Effect.Effect<void, Stopped<E>, SpotifyClient | R> {
    const { job } = this
    const inDoubt = Effect.suspend(() => Effect.fail(this.incomplete(error, { inDoubt: batch })))
    if (!canSettle(job)) return inDoubt
    return Effect.delay(this.settle(job, batch), "1 second").pipe(
      Effect.orElseSucceed(() => Option.none<boolean>()),
      Effect.flatMap(Option.match({
        onNone: () => inDoubt,
        onSome: (written) => {
          if (written) return this.wrote(batch, undefined)
          return attempt < maxAttempts
            ? this.write(batch, attempt + 1)
            : Effect.fail(this.incomplete(error, { failed: batch }))
        }
      }))
    )
  }

  /** Writes a batch; the first one of a run that is resumed may begin with what was in doubt. */
  next(batch: Uris): Effect.Effect<void, Stopped<E>, SpotifyClient | R> {
    const { account: { inDoubt }, job } = this
    if (!canSettle(job) || inDoubt.length === 0) return this.write(batch)
    if (!startsWith(batch, inDoubt)) return Effect.fail(this.otherJob)
    return this.settle(job, inDoubt).pipe(
      Effect.mapError((error) => this.incomplete(error, { inDoubt })),
      Effect.flatMap(Option.match({
        onNone: () => Effect.fail(this.incomplete(undefined, { inDoubt })),
        onSome: (written) => {
          if (!written) return this.write(batch)
          const rest = batch.slice(inDoubt.length)
          return Effect.zipRight(this.wrote(inDoubt, undefined), rest.length === 0 ? Effect.void : this.write(rest))
        }
      }))
    )
  }
}

/** Runs a job from its start, or from where an account says that it came to. */
export const run = <E = never, R = never, E2 = never, R2 = never>(
  job: Job,
  source: Source<E, R>,
  { onProgress, resume }: Options<E2, R2> = {}
): Effect.Effect<Account, Stopped<E | E2>, SpotifyClient | R | R2> =>
  Effect.flatMap(DateTime.now, (now) => {
    const run = new LongWrite<E | E2, R2>(
      job,
      resume ?? { written: 0, failed: [], inDoubt: [], startedAt: now },
      onProgress
    )
    const from = run.account.written
    let index = 0

    const checked = (entries: Iterable<string>): Either.Either<Array<string>, InvalidInput> =>
      Either.all(Array.from(entries, job.check))

    const batches = <E, R>(entries: Stream.Stream<string, E, R>): Stream.Stream<Chunk.Chunk<string>, E, R> =>
      entries.pipe(
        Stream.filter((uri) => {
          if (index++ >= from) return true
          run.remember([uri])
          return false
        }),
        Stream.grouped(job.cap)
      )

    const end = Effect.suspend(() => {
      if (index < from) return Effect.fail(run.otherJob)
      const none = job.sendsNone === true && run.account.written === 0 ? run.write([]) : Effect.void
      return Effect.map(none, () => run.account)
    })

    if (isIterable(source)) {
      return Effect.flatMap(checked(source), (entries) =>
        Effect.zipRight(
          Stream.runForEach(batches(Stream.fromIterable(entries)), (batch) => run.next(Chunk.toReadonlyArray(batch))),
          end
        ))
    }
    return batches(source).pipe(
      Stream.mapError((error) => run.incomplete(error)),
      Stream.runForEach((batch) =>
        Either.match(checked(batch), {
          onLeft: (error) => Effect.fail(run.incomplete(error, { failed: Chunk.toReadonlyArray(batch) })),
          onRight: (entries): Effect.Effect<void, Stopped<E | E2>, SpotifyClient | R2> => run.next(entries)
        })
      ),
      Effect.zipRight(end)
    )
  })
