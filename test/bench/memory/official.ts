import { officialSdk } from "../others.js"
import { atOnce, calls, tell, trackId } from "./work.js"

const api = officialSdk(process.argv[2] ?? "")
let left = calls
const loop = async () => {
  while (left-- > 0) await api.track(trackId)
}
await Promise.all(Array.from({ length: atOnce }, loop))
tell()
