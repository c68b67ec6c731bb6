import { contenders } from "./contenders.js"
import { interleaved, median, ratio } from "./measure.js"

export const calls = async (origin: string, atOnce: number, rounds: number, n: number) => {
  const all = contenders(origin)
  const works = Object.fromEntries(
    Object.entries(all).map(([name, contender]) => [name, () => contender.tracks(n, atOnce)])
  ) as { readonly [N in keyof typeof all]: () => Promise<string> }
  const samples = await interleaved(works, rounds)
  return Object.entries(all).map(([name, contender]) => {
    const own = samples[name as keyof typeof all]
    return {
      key: name,
      name: contender.name,
      micros: median(own.map(({ cpu }) => cpu)) / n,
      wall: median(own.map(({ wall }) => wall)) / n * 1000,
      toOfficial: ratio(own, samples.official),
      toRaw: ratio(own, samples.raw)
    }
  })
}
