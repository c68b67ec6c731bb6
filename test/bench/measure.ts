export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Sample {
  /** Of this process, in microseconds. */
  readonly cpu: number
  /** In milliseconds. */
  readonly wall: number
}

export const sample = async (work: () => Promise<unknown>): Promise<Sample> => {
  const start = performance.now()
  const before = process.cpuUsage()
  await work()
  const { system, user } = process.cpuUsage(before)
  return { cpu: user + system, wall: performance.now() - start }
}

/** Runs all works in turn, round by round, each round beginning with another one. */
export const interleaved = async <Name extends string>(
  works: { readonly [N in Name]: () => Promise<unknown> },
  rounds: number
): Promise<{ readonly [N in Name]: ReadonlyArray<Sample> }> => {
  const names = Object.keys(works) as Array<Name>
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as { [N in Name]: Array<Sample> }
  for (const name of names) await works[name]()
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]!
      globalThis.gc?.()
      samples[name].push(await sample(works[name]))
    }
  }
  return samples
}

/** The median of the rounds' ratios: what disturbs a round disturbs both. */
export const ratio = (
  a: ReadonlyArray<Sample>,
  b: ReadonlyArray<Sample>,
  of: (sample: Sample) => number = ({ cpu }) => cpu
): number => median(a.map((sample, i) => of(sample) / of(b[i]!)))
