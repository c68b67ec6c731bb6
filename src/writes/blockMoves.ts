/** Sorting by block moves: few moves of neighbouring entries that put a list in order. */

/** Moves the `length` entries from `start` on before the one at `before`, all counted before the move. */
export interface Move {
  readonly start: number
  readonly length: number
  readonly before: number
}

// Finding moves that mend two gaps costs the square of the number of blocks.
const maxGreedy = 2500

/** Which places of a list of different numbers form a longest increasing subsequence. */
export const longestIncreasing = (list: ReadonlyArray<number>): ReadonlySet<number> => {
  const tails: Array<number> = []
  const previous: Array<number> = []
  list.forEach((value, i) => {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      const tail = tails[middle]
      if (tail !== undefined && (list[tail] ?? 0) < value) low = middle + 1
      else high = middle
    }
    previous[i] = tails[low - 1] ?? -1
    tails[low] = i
  })
  const places = new Set<number>()
  for (let i = tails.at(-1) ?? -1; i >= 0; i = previous[i] ?? -1) places.add(i)
  return places
}

/** Numbers that follow one another, by the first of them. */
interface Block {
  readonly first: number
  readonly length: number
}

const blocksOf = (list: ReadonlyArray<number>): ReadonlyArray<Block> => {
  const blocks: Array<{ first: number; length: number }> = []
  for (const value of list) {
    const last = blocks.at(-1)
    if (last !== undefined && last.first + last.length === value) last.length++
    else blocks.push({ first: value, length: 1 })
  }
  return blocks
}

const joined = (blocks: ReadonlyArray<Block>): ReadonlyArray<Block> => {
  const result: Array<Block> = []
  for (const block of blocks) {
    const last = result.at(-1)
    if (last !== undefined && last.first + last.length === block.first) {
      result[result.length - 1] = { first: last.first, length: last.length + block.length }
    } else result.push(block)
  }
  return result
}

const lengthOf = (blocks: ReadonlyArray<Block>): number => blocks.reduce((sum, { length }) => sum + length, 0)

/** Moves the blocks from `from` up to `to` (without it) before the one at `before`. */
const move = (
  blocks: ReadonlyArray<Block>,
  from: number,
  to: number,
  before: number
): readonly [Move, ReadonlyArray<Block>] => {
  const moved = blocks.slice(from, to)
  const after = before < from
    ? [...blocks.slice(0, before), ...moved, ...blocks.slice(before, from), ...blocks.slice(to)]
    : [...blocks.slice(0, from), ...blocks.slice(to, before), ...moved, ...blocks.slice(before)]
  return [
    { start: lengthOf(blocks.slice(0, from)), length: lengthOf(moved), before: lengthOf(blocks.slice(0, before)) },
    after
  ]
}

/** One move for each block outside a longest increasing subsequence. */
function* byIncreasing(start: ReadonlyArray<Block>): Generator<readonly [Move, ReadonlyArray<Block>]> {
  let blocks = start
  const fixed = longestIncreasing(blocks.map(({ first }) => first))
  const loose = blocks.filter((_, i) => !fixed.has(i)).toSorted((a, b) => a.first - b.first)
  for (const { first } of loose) {
    const from = blocks.findIndex((block) => block.first === first)
    const before = blocks.findIndex((block) => block.first + block.length === first) + 1
    // It is there already, since others were moved from before it.
    if (from === before) continue
    const done = move(blocks, from, from + 1, before)
    yield done
    blocks = done[1]
  }
}

/** The move that closes most gaps: after it two blocks more than before, or three, are followed by their successor. */
const bestMove = (blocks: ReadonlyArray<Block>, count: number): readonly [number, number, number] | undefined => {
  const starting = new Map(blocks.map(({ first }, i) => [first, i]))
  const ending = new Map(blocks.map(({ first, length }, i) => [first + length, i]))
  const endAt = (i: number): number => {
    const block = blocks[i]
    return block === undefined ? 0 : block.first + block.length
  }
  const startAt = (i: number): number => blocks[i]?.first ?? count
  let found: readonly [number, number, number] | undefined
  for (let before = 0; before <= blocks.length; before++) {
    const from = starting.get(endAt(before - 1))
    const last = ending.get(startAt(before))
    if (from === undefined || last === undefined || from > last || (from <= before && before <= last + 1)) continue
    if (endAt(from - 1) === startAt(last + 1)) return [from, last + 1, before]
    found ??= [from, last + 1, before]
  }
  return found
}

const byGain = (start: ReadonlyArray<Block>, count: number): ReadonlyArray<Move> => {
  let blocks = start
  const moves: Array<Move> = []
  for (;;) {
    const best = bestMove(blocks, count)
    const done = best === undefined ? byIncreasing(blocks).next().value : move(blocks, ...best)
    if (done === undefined) return moves
    moves.push(done[0])
    blocks = joined(done[1])
  }
}

/** The fewest moves found (a heuristic) that put a list of the numbers from 0 on in order. */
export const blockMoves = (list: ReadonlyArray<number>): ReadonlyArray<Move> => {
  const blocks = blocksOf(list)
  const simple = Array.from(byIncreasing(blocks), ([move]) => move)
  // No move mends more than three gaps.
  if (blocks.length > maxGreedy || simple.length <= Math.ceil((blocks.length + 1) / 3)) return simple
  const greedy = byGain(blocks, list.length)
  return greedy.length < simple.length ? greedy : simple
}
