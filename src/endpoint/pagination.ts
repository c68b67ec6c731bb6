/**
 * Offset and cursor pagination as streams: lazy, with read-ahead (prefetch) under back-pressure, resumable from a position,
 * with cycle detection in bounded memory.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Ahead, ahead } from "../budget/ahead.js"
import { isOfLimit } from "../client/answer.js"
import { SpotifyClient, type Unreadable } from "../client/SpotifyClient.js"
import { collect } from "../client/unreadable.js"
import { attempt, instead, readOptions } from "../core/input.js"
import { DecodeError, InvalidInput, RepeatedPage, type SpotifyError } from "../core/SpotifyError.js"
import type { CursorPaging, OffsetPaging, Paged, Spec } from "./Endpoint.js"
import { lostBy } from "./lostOperations.js"
import type { CursorPage } from "./Page.js"
import { optional } from "./schema.js"

/**
 * Where in a list a page begins, in the words of the operation's own options; without any of them it is the start. Plain
 * data, to be kept as JSON.
 *
 * An offset counts from the start of the list as it is when it is read: after a list was changed, going on from an offset
 * may repeat or miss as many items as came or went before it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Position {
  readonly offset?: number
  readonly after?: string | number
  readonly before?: string | number
}

const cursor = optional(Schema.Union(Schema.String, Schema.Number))

/**
 * The schema of {@link Position}, by which one is kept.
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { Paging } from "effect-spotify"
 *
 * const json = Schema.parseJson(Paging.Position)
 * const keep = Schema.encode(json) // from a page's `next` to a text
 * const read = Schema.decode(json) // and back, for `from`
 * ```
 *
 * @since 0.2.0
 * @category schemas
 */
export const Position: Schema.Schema<Position> = Schema.Struct({
  offset: optional(Schema.NonNegativeInt),
  after: cursor,
  before: cursor
}).annotations({ identifier: "Position" })

/**
 * A page of a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page<out Item> {
  readonly position: Position
  /** Without what can't be read, unless the list has null for it: then each is at its place. */
  readonly items: ReadonlyArray<Item>
  /** What is missing in the page, each with its place in the list. */
  readonly unreadable: ReadonlyArray<Unreadable>
  /** How many items the whole list has; recently played tracks come without. */
  readonly total: number | undefined
  /** Where the list goes on; undefined at its end. */
  readonly next: Position | undefined
}

/**
 * Why a page can't be read, as the operation says it, and where that page begins: all items before it were given.
 * `RepeatedPage` says that the page was given before.
 *
 * @since 0.1.0
 * @category errors
 */
export type PageError = SpotifyError & { readonly position: Position }

type Pages<Item> = Stream.Stream<Page<Item>, PageError, SpotifyClient>

/** Reads a page, of no more than `room` where the list is shown no further. */
type Read<A> = (
  position: Position,
  room?: number
) => Effect.Effect<readonly [answer: A, unreadable: ReadonlyArray<Unreadable>], PageError, SpotifyClient>

/** A copy of the error with the position: an error is never changed, since others may hold it. */
const at = (position: Position) => (error: SpotifyError): PageError => {
  // The second argument skips validation: the fields passed it when the error was made.
  const placed: PageError = Reflect.construct(error.constructor, [
    Object.assign({}, error, { message: error.message, position }),
    true
  ])
  return Object.defineProperty(placed, "stack", { value: error.stack, configurable: true, writable: true })
}

const isCursor = (input: unknown): input is string | number => Predicate.isString(input) || Predicate.isNumber(input)

/** Where reading starts; undefined when that can't be a position in the list. */
const startIn = (spec: Spec, given: unknown): Position | undefined => {
  if (!Predicate.isReadonlyRecord(given)) return undefined
  const { after, before, offset } = given
  const start = {
    ...(Predicate.isNumber(offset) ? { offset } : {}),
    ...(isCursor(after) ? { after } : {}),
    ...(isCursor(before) ? { before } : {})
  }
  const names = ["after", "before", "offset"].filter((name) => given[name] !== undefined)
  return names.every((name) => name in start && name in spec.query) ? start : undefined
}

/** What is read in a fiber of its own. */
interface Reading<B, E, R> {
  readonly isThere: () => boolean
  /** What came of it, once. */
  readonly take: Effect.Effect<B, E, R>
}

interface Asked<B, E, R> extends Reading<B, E, R> {
  readonly need: Ahead
}

const fork = <B, E, R>(
  scope: Scope.Scope,
  read: Effect.Effect<B, E, R>,
  settle: (exit: Exit.Exit<B, E>) => Effect.Effect<B, E, R>
): Effect.Effect<Reading<B, E, R>, never, R> => {
  // Taken out and not left in the fiber, which holds its result for as long as the runtime holds the fiber.
  let result: Effect.Effect<B, E, R> | undefined
  const take = Effect.suspend(() => {
    const taken = result ?? Effect.never
    result = Effect.never
    return taken
  })
  return Effect.map(
    Effect.forkIn(
      Effect.map(Effect.exit(read), (exit) => {
        result = settle(exit)
      }),
      scope
    ),
    (fiber) => ({ isThere: () => result !== undefined, take: Effect.zipRight(Fiber.join(fiber), take) })
  )
}

/**
 * Reads in order, with `concurrency` requests on their way as long as no more than as many again wait to be taken: a slow
 * page doesn't hold up those after it, as it does in `Stream.mapEffect`, and one that fails waits its turn.
 */
const readAhead = <A, B, E, R>(
  next: () => Option.Option<A>,
  read: (a: A) => Effect.Effect<B, E, R>,
  concurrency: number
): Stream.Stream<B, E, R> => {
  const end = Effect.fail(Option.none())
  if (concurrency === 1) {
    return Stream.repeatEffectOption(
      Effect.suspend(() =>
        Option.match(next(), { onNone: () => end, onSome: (a) => Effect.mapError(read(a), Option.some) })
      )
    )
  }
  return Stream.unwrapScoped(Effect.map(Effect.scope, (scope) => {
    const semaphore = Effect.unsafeMakeSemaphore(concurrency)
    const asked: Array<Reading<B, E, R>> = []
    const fill: Effect.Effect<void, never, R> = Effect.suspend(() => {
      const a = asked.length < concurrency * 2 ? next() : Option.none()
      return Option.isNone(a)
        ? Effect.void
        : Effect.flatMap(fork(scope, semaphore.withPermits(1)(read(a.value)), identity), (page) => {
          asked.push(page)
          return fill
        })
    })
    return Stream.repeatEffectOption(Effect.flatMap(fill, () => {
      const first = asked.shift()
      return first === undefined ? end : Effect.mapError(first.take, Option.some)
    }))
  }))
}

// How many pages are asked for before the reader needs them, so that eight are on their way: on a wire of 50 ms more of
// them gain little, and each that waits is kept in memory.
const mostAhead = 7

/**
 * Reads in order, and ahead of the reader as far as it outruns Spotify: further only where it has to wait for a page, and
 * by less than half of what it has taken already (`isWhole` says that it will take all). So who stops early has cost
 * little, and who is slow has little waiting for it.
 *
 * What a 429 ends ahead of its need is asked for again when it is needed: read one by one, it may never have met it.
 */
const readAsNeeded = <A, B, E extends { readonly _tag: string }, R>(
  next: () => Option.Option<A>,
  read: (a: A) => Effect.Effect<B, E, R>,
  isWhole: boolean
): Stream.Stream<B, E, R> =>
  Stream.unwrapScoped(Effect.map(Effect.scope, (scope) => {
    const end = Effect.fail(Option.none())
    const asked: Array<Asked<B, E, R>> = []
    // The first page is read before the others.
    let taken = 1
    let depth = 0
    let isBroken = false

    const fill: Effect.Effect<void, never, R> = Effect.suspend(() => {
      const a = asked.length < depth && !isBroken ? next() : Option.none()
      return Option.isNone(a) ? Effect.void : Effect.zipRight(ask(a.value), fill)
    })

    const ask = (a: A): Effect.Effect<void, never, R> => {
      const need = new Ahead()
      return Effect.map(
        fork(scope, Effect.locally(read(a), ahead, need), (exit) => {
          if (Exit.isSuccess(exit)) return exit
          const isLimited = !need.isNeeded && Cause.failureOption(exit.cause).pipe(
            Option.exists(({ _tag }) => _tag === "RateLimited")
          )
          isBroken ||= !isLimited
          return isLimited ? read(a) : exit
        }),
        (page) => {
          asked.push({ ...page, need })
        }
      )
    }

    return Stream.repeatEffectOption(Effect.suspend(() => {
      const early = asked.shift()
      const a = early === undefined ? next() : Option.none()
      early?.need.need()
      if (early?.isThere() !== true) {
        depth = Math.max(depth, isWhole ? mostAhead : Math.min((taken - 1) >> 1, mostAhead))
      }
      taken++
      const page = early !== undefined ? early.take : Option.isSome(a) ? read(a.value) : undefined
      return page === undefined ? end : Effect.zipRight(fill, Effect.mapError(page, Option.some))
    }))
  }))

// Deeper than any model; a hostile answer may be nested without end.
const maxDepth = 32

const isEqual = (a: unknown, b: unknown, depth = 0): boolean => {
  if (Object.is(a, b) || depth > maxDepth) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, i) => isEqual(one, b[i], depth + 1))
  }
  if (!Predicate.isRecord(a) || !Predicate.isRecord(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name], depth + 1))
}

/** Whether two pages have equal items. Pages of nothing but nulls say nothing, and don't count as equal. */
const isSamePage = ({ items: a }: Page<unknown>, { items: b }: Page<unknown>): boolean =>
  a.some(Predicate.isNotNull) && isEqual(a, b)

/**
 * Finds the page that another one repeats: the last one, or one that is kept twice as long each time. So a circle of any
 * length is found, and two pages are held of a list of any length.
 */
const repetition = <Item>(isRepeated: (page: Page<Item>, before: Page<Item>) => boolean) => {
  let last: Page<Item> | undefined
  let kept: Page<Item> | undefined
  let age = 0
  let span = 1
  return (page: Page<Item>): Page<Item> | undefined => {
    const found = [last, kept].find((before) => before !== undefined && isRepeated(page, before))
    last = page
    if (++age >= span) {
      kept = page
      age = 0
      span *= 2
    }
    return found
  }
}

const nameOf = (position: Position): string =>
  Object.entries(position).map(([name, value]) => `${name}=${value}`).join(" ") || "the start"

const repeats = ({ method, operation, path }: Spec, position: Position, repeated: Position): PageError =>
  at(position)(
    new RepeatedPage({
      operation,
      method,
      path,
      repeated,
      message: `${operation}: the list leads in a circle: the page at ${nameOf(position)} was given before${
        isSame(position, repeated) ? "" : `, at ${nameOf(repeated)}`
      }`
    })
  )

const offsetPages = <A, Item>(
  { reach = Infinity, repeats: mayRepeat = false, select }: OffsetPaging<A, Item>,
  spec: Spec,
  read: Read<A>,
  start: number,
  asked: () => number,
  concurrency: number | undefined,
  isWhole: boolean
): Pages<Item> =>
  Stream.suspend(() => {
    if (start === reach) return Stream.empty
    let offset = start
    // What the first page says, until a later one says otherwise.
    let step = 0
    let total: number | undefined
    const end = () => Math.min(total ?? Infinity, reach)
    const elsewhere = new WeakSet<Page<Item>>()

    const page = (offset: number): Effect.Effect<Page<Item>, PageError, SpotifyClient> =>
      Effect.map(read({ offset }, offset < reach ? reach - offset : undefined), ([answer, unreadable]) => {
        const { items, limit, next, offset: told, total: counted } = select(answer)
        if (offset === start) step = Math.min(asked(), stepOf(offset, limit, next) ?? Infinity)
        total = counted ?? total
        const isEmpty = items.length === 0 && unreadable.every(({ index }) => index === undefined)
        const goesOn = next !== null && !isEmpty && offset + step < end()
        const page: Page<Item> = {
          position: { offset },
          items,
          unreadable,
          total: counted ?? undefined,
          next: goesOn ? { offset: offset + step } : undefined
        }
        if (Predicate.isNumber(told) && told !== offset) elsewhere.add(page)
        return page
      })

    // Where entries may repeat, so may pages, unless Spotify says itself that it gave another one than was asked for or
    // nothing else would end the list. As much as was added before a page moves it to where the next one was.
    const repeated = repetition<Item>((page, before) => {
      if (mayRepeat && total !== undefined && !elsewhere.has(page)) return false
      const added = (page.total ?? 0) - (before.total ?? 0)
      const moved = (page.position.offset ?? 0) - (before.position.offset ?? 0)
      return (page.total === undefined || added < moved) && isSamePage(page, before)
    })

    const first = Stream.map(Stream.fromEffect(page(start)), (page) => {
      offset += step
      return page
    })
    // Up to the total as it was last heard of.
    const others = Stream.suspend(() => {
      const last = end()
      const next = () => {
        if (offset >= last) return Option.none()
        const current = offset
        offset += step
        return Option.some(current)
      }
      // Without a total each page says whether there is another.
      if (total === undefined) return readAhead(next, page, 1)
      return concurrency === undefined ? readAsNeeded(next, page, isWhole) : readAhead(next, page, concurrency)
    })
    return first.pipe(
      Stream.concat(others),
      Stream.concat(others),
      Stream.mapEffect((page) => {
        const before = repeated(page)
        return before === undefined ? Effect.succeed(page) : Effect.fail(repeats(spec, page.position, before.position))
      }),
      Stream.takeUntil(({ next }) => next === undefined)
    )
  })

/** How far it is to the next page: as far as the page is large, or as its link says. */
const stepOf = (offset: number, limit: number | null, next: string | null | undefined): number | undefined => {
  const step = limit ?? Number(/[?&]offset=(\d+)/.exec(next ?? "")?.[1]) - offset
  return step >= 1 ? step : undefined
}

const decodeURI = Option.liftThrowable(decodeURIComponent)

/**
 * Where the list goes on, undefined at its end; none where it goes on and can't be followed. Spotify's own link says in
 * which direction the list is read; a cursor is a text there, whatever the option takes.
 */
const nextCursor = (
  { query }: Spec,
  { cursors, next }: CursorPage<unknown>,
  unreadable: ReadonlyArray<Unreadable>
): Option.Option<Position | undefined> => {
  if (next === null) return Option.some(undefined)
  const link = /[?&](after|before)=([^&#]+)/.exec(next ?? "")
  const candidates: ReadonlyArray<readonly [name: string, text: string | null | undefined]> = [
    [link?.[1] ?? "", Option.getOrUndefined(decodeURI(link?.[2] ?? ""))],
    ["after", cursors?.after],
    ["before", cursors?.before]
  ]
  for (const [name, text] of candidates) {
    const field = query[name]
    if (field === undefined || !Predicate.isString(text) || text === "") continue
    const encode = Schema.encodeUnknownEither(Schema.make<unknown, unknown>(Schema.Struct({ [name]: field }).ast))
    const value = [text, Number(text)].find((value) => Either.isRight(encode({ [name]: value })))
    if (value !== undefined) return Option.some({ [name]: value })
  }
  const isLost = next !== undefined || unreadable.some(({ index }) => index === undefined)
  return isLost ? Option.none() : Option.some(undefined)
}

const isSame = (a: Position, b: Position): boolean =>
  a.after === b.after && a.before === b.before && a.offset === b.offset

const notFollowed = ({ method, operation, path }: Spec): DecodeError =>
  new DecodeError({
    operation,
    method,
    path,
    status: 200,
    issuePath: "next",
    expected: "a link with a cursor",
    detail: "",
    message: `${operation}: the list goes on, and no cursor says where`
  })

// How many cursors are remembered; a longer circle is found by comparing the pages.
const maxCursors = 1000

const cursorPages = <A, Item>(
  { select }: CursorPaging<A, Item>,
  spec: Spec,
  read: Read<A>,
  start: Position
): Pages<Item> =>
  Stream.suspend(() => {
    const cursors = new Set([nameOf(start)])
    const repeated = repetition<Item>(isSamePage)

    const page = (position: Position): Effect.Effect<Page<Item>, PageError, SpotifyClient> =>
      Effect.flatMap(read(position), ([answer, unreadable]) => {
        const page = select(answer)
        const isEmpty = page.items.length === 0 && unreadable.every(({ index }) => index === undefined)
        const next = isEmpty ? Option.some(undefined) : nextCursor(spec, page, unreadable)
        if (Option.isNone(next)) return Effect.fail(at(position)(notFollowed(spec)))
        const { items, total } = page
        const given = { position, items, unreadable, total: total ?? undefined, next: next.value }
        const before = repeated(given)
        return before === undefined ? Effect.succeed(given) : Effect.fail(repeats(spec, position, before.position))
      })

    const isNew = (position: Position): boolean => {
      const name = nameOf(position)
      if (cursors.has(name)) return false
      const [oldest] = cursors
      if (cursors.size >= maxCursors && oldest !== undefined) cursors.delete(oldest)
      cursors.add(name)
      return true
    }

    return Stream.paginateEffect(start, (position) => {
      // Reported here and not with the page before, whose items are good.
      if (position !== start && !isNew(position)) return Effect.fail(repeats(spec, position, position))
      return Effect.map(page(position), (page) => [page, Option.fromNullable(page.next)])
    })
  })

// A cap on read-ahead: each page on its way is a fiber, however few requests the client sends at once.
const most = 1000

// Which arguments an operation takes is known to `Paging.Arguments`; here they are only passed on.
export function pages<Args extends ReadonlyArray<unknown>, A, Item>(
  operation: Paged<Args, A, Item>,
  args: ReadonlyArray<unknown>,
  isWhole: boolean
): Pages<Item>
export function pages<A, Item>(
  operation: Paged<ReadonlyArray<unknown>, A, Item>,
  args: ReadonlyArray<unknown>,
  isWhole: boolean
): Pages<Item> {
  const { page: paging, spec } = operation
  const place = spec.id === undefined ? 0 : 1
  const refuse = (error: InvalidInput) => Stream.fail(at({})(error))
  const names = [...Object.keys(spec.query), "concurrency", "from"]
  return Stream.suspend(() =>
    Either.match(attempt(spec.operation, () => readOptions(spec.operation, names, args[place])), {
      onLeft: refuse,
      onRight: ({ concurrency, from, limit, ...options }) => {
        const { after: _, before: __, offset: ___, ...others } = options
        const positions = ["after", "before", "offset"].filter((name) => name in spec.query)
        const given = attempt(spec.operation, () =>
          Either.mapLeft(
            readOptions(spec.operation, positions, from),
            ({ expected, field }) =>
              InvalidInput.of(
                spec.operation,
                "from",
                field === "options" ? expected : `a position in this list: ${field} must be ${expected}`
              )
          ))
        if (Either.isLeft(given)) return refuse(given.left)
        const start = startIn(spec, from === undefined || from === null ? options : given.right)
        if (start === undefined) {
          return refuse(InvalidInput.of(spec.operation, "from", "a position in a list of this operation"))
        }
        let asked = paging.maxLimit
        const ask = (size: unknown, position: Position, room: number) => {
          if (Predicate.isNumber(size)) asked = size
          const limit = Predicate.isNumber(size) ? Math.min(size, room) : size
          return operation(...args.slice(0, place), { ...others, limit, ...position }, ...args.slice(place + 1))
        }
        const read: Read<A> = (position, room = Infinity) =>
          Effect.mapError(
            collect(
              limit === undefined
                ? largest(spec, paging.maxLimit, (size) => ask(size, position, room))
                : ask(limit, position, room)
            ),
            at(position)
          )
        if (paging._tag === "Cursor") return cursorPages(paging, spec, read, start)
        const inPages = (concurrency: number | undefined) =>
          offsetPages(paging, spec, read, start.offset ?? 0, () => asked, concurrency, isWhole)
        if (concurrency === undefined) return inPages(undefined)
        return !Predicate.isNumber(concurrency) || !Number.isInteger(concurrency) || concurrency < 1
          ? refuse(InvalidInput.of(spec.operation, "concurrency", instead("a whole number from 1", concurrency)))
          : inPages(Math.min(concurrency, most))
      }
    })
  )
}

/** Asks for the largest page that the app turned out to have: in Development Mode that may be less than for others. */
const largest = <A>(
  { developmentLimit, operationId }: Spec,
  maxLimit: number,
  ask: (limit: number) => Effect.Effect<A, SpotifyError, SpotifyClient>
): Effect.Effect<A, SpotifyError, SpotifyClient> => {
  if (developmentLimit === undefined) return ask(maxLimit)
  return Effect.flatMap(SpotifyClient, (client) => {
    const lost = lostBy(client)
    const less = Effect.suspend(() => ask(developmentLimit))
    // Remembered only once the smaller page has worked: the 400 may have had another reason.
    return lost.has(operationId) ? less : Effect.catchIf(
      ask(maxLimit),
      (error) => error._tag === "BadRequest" && isOfLimit(error.detail),
      () => Effect.tap(less, () => lost.add(operationId))
    )
  })
}
