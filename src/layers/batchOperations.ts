/** The batch operation beside the one that gives a single thing. */
export interface Twin {
  /** Of the batch; the single one's goes on with an id. */
  readonly path: string
  /** How many ids it takes. */
  readonly max: number
  /** Where its answer has the list. */
  readonly member: string
}

const twin = (path: string, max: number, member = path.slice(1)): readonly [string, Twin] => [
  path,
  { path, max, member }
]

// A table of its own: the declarations are in the groups, and whoever uses one group shouldn't load them all.
const twins: ReadonlyMap<string, Twin> = new Map([
  twin("/albums", 20),
  twin("/artists", 50),
  twin("/audio-features", 100, "audio_features"),
  twin("/audiobooks", 50),
  twin("/chapters", 50),
  twin("/episodes", 50),
  twin("/shows", 50),
  twin("/tracks", 50)
])

const single = /^(\/[a-z-]+)\/([0-9A-Za-z]{22})(?:\?(.*))?$/

/** What a URL of a single thing asks for, where there is a batch of such things. */
export const parse = (
  url: string
): { readonly twin: Twin; readonly id: string; readonly query: string } | undefined => {
  const [, path = "", id = "", query = ""] = single.exec(url) ?? []
  const twin = twins.get(path)
  return twin === undefined ? undefined : { twin, id, query }
}
