/** The batch operation beside the one that gives a single thing. */
export interface BatchOperation {
  /** Of the batch; the single one's goes on with an id. */
  readonly path: string
  /** How many ids it takes. */
  readonly max: number
  /** Where its answer has the list. */
  readonly member: string
}

const batch = (path: string, max: number, member = path.slice(1)): readonly [string, BatchOperation] => [
  path,
  { path, max, member }
]

// A table of its own: the declarations are in the groups, and whoever uses one group shouldn't load them all.
const batchOperations: ReadonlyMap<string, BatchOperation> = new Map([
  batch("/albums", 20),
  batch("/artists", 50),
  batch("/audio-features", 100, "audio_features"),
  batch("/audiobooks", 50),
  batch("/chapters", 50),
  batch("/episodes", 50),
  batch("/shows", 50),
  batch("/tracks", 50)
])

const single = /^(\/[a-z-]+)\/([0-9A-Za-z]{22})(?:\?(.*))?$/

/** What a URL of a single thing asks for, where there is a batch of such things. */
export const parse = (
  url: string
): { readonly batch: BatchOperation; readonly id: string; readonly query: string } | undefined => {
  const [, path = "", id = "", query = ""] = single.exec(url) ?? []
  const batch = batchOperations.get(path)
  return batch === undefined ? undefined : { batch, id, query }
}
