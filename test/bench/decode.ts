import { ParseResult } from "effect"
import { SavedTracksPage } from "effect-spotify/model/Track"
import { checkOf } from "../../src/endpoint/compiledCheck.js"
import { page } from "./bodies.js"
import { interleaved, ratio } from "./measure.js"

/** What reading a page of 50 tracks costs beside `JSON.parse` of it: in place, and by Schema's decoder. */
export const decode = async (rounds: number) => {
  const body = page("https://api.spotify.com/v1/me/tracks", 0, 50)
  const lean: unknown = JSON.parse(
    JSON.stringify(body, (name, value) => name === "available_markets" ? undefined : value)
  )
  const check = checkOf(SavedTracksPage)
  const byDecoder = ParseResult.decodeUnknownSync(SavedTracksPage)
  const of = async (body: unknown) => {
    const text = JSON.stringify(body)
    const json: unknown = JSON.parse(text)
    const times = (work: () => unknown) => () => {
      for (let i = 0; i < 200; i++) work()
      return Promise.resolve()
    }
    if (!check(json)) throw new Error("the page isn't what the schema expects")
    const samples = await interleaved({
      parse: times(() => JSON.parse(text)),
      check: times(() => check(json)),
      decoder: times(() => byDecoder(json))
    }, rounds)
    return {
      kilobytes: text.length / 1000,
      inPlace: ratio(samples.check, samples.parse),
      byDecoder: ratio(samples.decoder, samples.parse)
    }
  }
  return { page: await of(body), withoutMarkets: await of(lean) }
}
