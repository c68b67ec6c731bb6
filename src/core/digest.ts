import * as Effect from "effect/Effect"
import { digest as byWebCrypto } from "./digest.browser.js"

/** By `process`, since a bundler that knows no Node couldn't resolve an import; from Node 20.16 on. */
const node = globalThis.process?.getBuiltinModule?.("node:crypto")

/**
 * SHA-256 in hex of any strings, lone surrogates included; different lists have different digests. On Node in one step: by
 * Web Crypto, which asks a thread, it costs ten times as much.
 */
export const digest: typeof byWebCrypto = node === undefined
  ? byWebCrypto
  : (...parts) => Effect.sync(() => node.createHash("sha256").update(JSON.stringify(parts)).digest("hex"))
