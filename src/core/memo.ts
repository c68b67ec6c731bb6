/** Makes a thing once for each pair of names: a metric with its tags costs more to make than a request. */
export const memo = <M>(make: (a: string, b: string) => M) => {
  const made = new Map<string, M>()
  return (a: string, b = ""): M => {
    const key = `${a} ${b}`
    let known = made.get(key)
    if (known === undefined) made.set(key, known = make(a, b))
    return known
  }
}
