import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { CursorPaging, OffsetPaging, Paged, Spec } from "../Endpoint.js"
import type { CursorPage } from "../model/Page.js"
import type { Page, PageError, Position } from "../Paging.js"
import { SpotifyClient } from "../SpotifyClient.js"
import { InvalidInput, type SpotifyError } from "../SpotifyError.js"
import { isOfLimit } from "./answer.js"
import { attempt, instead, readOptions } from "./input.js"
import { lostBy } from "./lost.js"

type Pages<Item> = Stream.Stream<Page<Item>, PageError, SpotifyClient>

/** Reads a page, of no more than `room` where the list is shown no further. */
type Read<A> = (position: Position, room?: number) => Effect.Effect<A, PageError, SpotifyClient>

const at = (position: Position) => (error: SpotifyError): PageError => Object.assign(error, { position })

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
    const ahead: Array<Effect.Effect<B, E>> = []
    const fill: Effect.Effect<void, never, R> = Effect.suspend(() => {
      const a = ahead.length < concurrency * 2 ? next() : Option.none()
      if (Option.isNone(a)) return Effect.void
      // Taken out and not left in the fiber, which holds its result for as long as the runtime holds the fiber.
      let result: Effect.Effect<B, E> = Effect.never
      const page = Effect.map(Effect.exit(semaphore.withPermits(1)(read(a.value))), (exit) => {
        result = exit
      })
      const take = Effect.suspend(() => {
        const taken = result
        result = Effect.never
        return taken
      })
      return Effect.flatMap(Effect.forkIn(page, scope), (fiber) => {
        ahead.push(Effect.zipRight(Fiber.join(fiber), take))
        return fill
      })
    })
    return Stream.repeatEffectOption(Effect.flatMap(fill, () => {
      const first = ahead.shift()
      return first === undefined ? end : Effect.mapError(first, Option.some)
    }))
  }))
}

const offsetPages = <A, Item>(
  { reach = Infinity, select }: OffsetPaging<A, Item>,
  read: Read<A>,
  start: number,
  asked: () => number,
  concurrency: number
): Pages<Item> =>
  Stream.suspend(() => {
    if (start === reach) return Stream.empty
    let offset = start
    // What the first page says, until a later one says otherwise.
    let step = 0
    let end = 0

    const page = (offset: number): Effect.Effect<Page<Item>, PageError, SpotifyClient> =>
      Effect.map(read({ offset }, offset < reach ? reach - offset : undefined), (answer) => {
        const { items, limit, next, total: counted } = select(answer)
        if (offset === start) step = limit >= 1 ? Math.min(asked(), limit) : asked()
        end = Math.min(counted, reach)
        const goesOn = next !== null && items.length > 0 && offset + step < end
        return { position: { offset }, items, total: counted, next: goesOn ? { offset: offset + step } : undefined }
      })

    const first = Stream.map(Stream.fromEffect(page(start)), (page) => {
      offset += step
      return page
    })
    // Up to the total as it was last heard of.
    const others = Stream.suspend(() => {
      const last = end
      const next = () => {
        if (offset >= last) return Option.none()
        const current = offset
        offset += step
        return Option.some(current)
      }
      return readAhead(next, page, concurrency)
    })
    return first.pipe(
      Stream.concat(others),
      Stream.concat(others),
      Stream.takeUntil(({ next }) => next === undefined)
    )
  })

// As many fibers as that are made at once where a list is long, whatever the client lets go.
const most = 1000

const decoded = (text: string) => Either.try(() => decodeURIComponent(text))

/** Spotify's own link says in which direction the list is read; a cursor is a text there, whatever the option takes. */
const nextCursor = ({ query }: Spec, { cursors, next }: CursorPage<unknown>): Position | undefined => {
  if (next === null) return undefined
  const link = /[?&](after|before)=([^&#]+)/.exec(next ?? "")
  const [name, text] = link?.[1] !== undefined && link[2] !== undefined
    ? [link[1], Either.getOrUndefined(decoded(link[2]))]
    : Predicate.isString(cursors?.after)
    ? ["after", cursors.after]
    : ["before", cursors?.before]
  const field = query[name]
  if (field === undefined || !Predicate.isString(text)) return undefined
  return { [name]: Schema.is(Schema.Struct({ [name]: field }))({ [name]: text }) ? text : Number(text) }
}

const isSame = (a: Position, b: Position): boolean => a.after === b.after && a.before === b.before

const cursorPages = <A, Item>(
  { select }: CursorPaging<A, Item>,
  spec: Spec,
  read: Read<A>,
  start: Position
): Pages<Item> =>
  Stream.paginateEffect(start, (position) =>
    Effect.map(read(position), (answer) => {
      const page = select(answer)
      const next = page.items.length === 0 ? undefined : nextCursor(spec, page)
      const goesOn = next !== undefined && !isSame(next, position)
      return [
        { position, items: page.items, total: page.total ?? undefined, next: goesOn ? next : undefined },
        goesOn ? Option.some(next) : Option.none()
      ]
    }))

// Which arguments an operation takes is known to `Paging.Arguments`; here they are only passed on.
export function pages<Args extends ReadonlyArray<unknown>, A, Item>(
  operation: Paged<Args, A, Item>,
  args: ReadonlyArray<unknown>,
  resumed?: Position
): Pages<Item>
export function pages<A, Item>(
  operation: Paged<ReadonlyArray<unknown>, A, Item>,
  args: ReadonlyArray<unknown>,
  resumed?: Position
): Pages<Item> {
  const { page: paging, spec } = operation
  const place = spec.id === undefined ? 0 : 1
  const refuse = (error: InvalidInput) => Stream.fail(at({})(error))
  const names = [...Object.keys(spec.query), "concurrency", "from"]
  return Stream.suspend(() =>
    Either.match(attempt(spec.operation, () => readOptions(spec.operation, names, args[place])), {
      onLeft: refuse,
      onRight: ({ concurrency = 1, from = resumed, limit, ...options }) => {
        const { after: _, before: __, offset: ___, ...others } = options
        const positions = ["after", "before", "offset"].filter((name) => name in spec.query)
        const given = attempt(spec.operation, () =>
          Either.mapLeft(
            readOptions(spec.operation, positions, from),
            ({ expected, field }) => InvalidInput.of(spec.operation, field === "options" ? "from" : field, expected)
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
            limit === undefined
              ? largest(spec, paging.maxLimit, (size) => ask(size, position, room))
              : ask(limit, position, room),
            at(position)
          )
        if (paging._tag === "Cursor") return cursorPages(paging, spec, read, start)
        return !Predicate.isNumber(concurrency) || !Number.isInteger(concurrency) || concurrency < 1
          ? refuse(InvalidInput.of(spec.operation, "concurrency", instead("a whole number from 1", concurrency)))
          : offsetPages(paging, read, start.offset ?? 0, () => asked, Math.min(concurrency, most))
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
    // Only what the smaller page has shown to be the limit's fault is taken for that.
    return lost.has(operationId) ? less : Effect.catchIf(
      ask(maxLimit),
      (error) => error._tag === "BadRequest" && isOfLimit(error.detail),
      () => Effect.tap(less, () => lost.add(operationId))
    )
  })
}
