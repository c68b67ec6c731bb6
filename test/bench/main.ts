import { readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import { budget, ideal } from "./budget.js"
import { burst } from "./burst.js"
import { calls } from "./calls.js"
import { decode } from "./decode.js"
import { fleet } from "./fleet.js"
import { http2 } from "./http2.js"
import { memory } from "./memory.js"
import { paging } from "./paging.js"
import { startServer } from "./spotify.js"
import { size, start } from "./start.js"
import { type Row, table } from "./table.js"
import { wire } from "./wire.js"
import { writes } from "./writes.js"

const parts = [
  "calls",
  "memory",
  "wire",
  "http2",
  "paging",
  "decode",
  "budget",
  "writes",
  "start",
  "size",
  "burst",
  "fleet"
] as const

const argument = (name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)

const only = argument("only")?.split(",") ?? parts
const rounds = Number(argument("rounds") ?? 9)
const isWanted = (part: typeof parts[number]): boolean => only.includes(part)

const say = (text: string) => process.stderr.write(`${text}\n`)

const server = await startServer()
const rows: Array<Row> = []
const tables: Array<string> = []

const times = (value: number): string => value.toFixed(2)
const row = (
  work: string,
  measure: string,
  value: number,
  target: number,
  show = times,
  unit = "",
  isAtLeast = false
) =>
  rows.push({
    work,
    measure,
    value: `${show(value)}${unit}`,
    target: `${isAtLeast ? "≥" : "≤"} ${show(target)}${unit}`,
    isMet: isAtLeast ? value >= target : value <= target
  })

/** In sequence, and 50 at once. */
const callTargets: { readonly [key: string]: readonly [number, number] } = {
  undiciTransport: [0.65, 0.6],
  fetchTransport: [1.1, 1.2],
  undici: [1, 1.1],
  fetch: [1.4, 1.5]
}

if (isWanted("calls")) {
  for (const atOnce of [1, 50]) {
    say(`calls, ${atOnce} at once`)
    const work = atOnce === 1 ? "`Tracks.get` in sequence" : `\`Tracks.get\`, ${atOnce} at once`
    const all = await calls(server.fast, atOnce, rounds, 1500)
    tables.push(
      `${work}, 8 kB a track, a server that answers at once:\n\n` + table(
        ["client", "CPU a call", "against the official SDK", "against raw undici"],
        all.map((
          { micros, name, toOfficial, toRaw }
        ) => [name, `${micros.toFixed(0)} µs`, times(toOfficial), times(toRaw)])
      )
    )
    for (const { key, name, toOfficial, toRaw } of all) {
      const target = callTargets[key]
      if (target === undefined) continue
      row(work, `CPU, ${name}, against the official SDK`, toOfficial, target[atOnce === 1 ? 0 : 1])
      if (key === "undiciTransport" && atOnce === 50) row(work, "CPU, against raw undici and JSON.parse", toRaw, 2)
    }
  }
}

if (isWanted("memory")) {
  say("memory")
  const { fetch, official, undici } = await memory(server.fast, Math.min(rounds, 5))
  const work = `3,000 calls, 50 at once, a process of its own (the official SDK: ${official.toFixed(0)} MB)`
  row(work, "peak RSS, UndiciTransport, against the official SDK", undici, 1.1)
  row(work, "peak RSS, FetchTransport, against the official SDK", fetch, 1.3)
}

if (isWanted("wire")) {
  say("10,000 saved tracks over a link")
  const { contenders, kilobytes } = await wire(server.linked, Math.min(rounds, 5))
  const work = "10,000 saved tracks, 50 Mbit/s for all answers together, 50 ms away, packed when asked"
  tables.push(
    `${work}, ${kilobytes.toFixed(0)} kB a page before packing:\n\n` + table(
      ["client", "wall", "against the official SDK in 8 loops", "CPU", "against the official SDK in 8 loops"],
      contenders.map(({ cpu, cpuSeconds, name, seconds, wall }) => [
        name,
        `${seconds.toFixed(2)} s`,
        times(wall),
        `${cpuSeconds.toFixed(2)} s`,
        times(cpu)
      ])
    )
  )
  const targets: { readonly [key: string]: readonly [wall: number, cpu: number] } = {
    undiciTransport: [0.97, 0.8],
    fetchTransport: [0.97, 1.05]
  }
  for (const { cpu, key, name, wall, wallToLoop } of contenders) {
    if (key === "plain") row(work, `wall, ${name}, against the official SDK's loop`, wallToLoop, 0.3)
    const target = targets[key]
    if (target === undefined) continue
    row(work, `wall, ${name}, against the official SDK in 8 loops`, wall, target[0])
    row(work, `CPU, ${name}, against the official SDK in 8 loops`, cpu, target[1])
  }
}

if (isWanted("http2")) {
  say("HTTP/2")
  const all = await http2(Math.min(rounds, 5))
  tables.push(
    `\`UndiciTransport\` over TLS, by HTTP/2 (undici's \`allowH2\`) against HTTP/1.1, packed answers:\n\n` + table(
      ["work", "protocol", "connections", "wall", "against HTTP/1.1", "CPU against HTTP/1.1"],
      all.map(({ connections, cpu, how, seconds, wall, work }) => [
        work,
        how,
        String(connections),
        `${seconds.toFixed(2)} s`,
        times(wall),
        times(cpu)
      ])
    )
  )
}

if (isWanted("paging")) {
  say("10,000 saved tracks")
  const { memory, plainToOfficial, seconds, toOfficial, toRaw } = await paging(
    server.slow,
    server.fast,
    Math.min(rounds, 5)
  )
  const work = "10,000 saved tracks, a server of 50 ms, 8 at once"
  row(work, `wall against the official SDK's loop (${seconds.official.toFixed(1)} s)`, toOfficial, 0.14)
  row(
    "10,000 saved tracks, a server of 50 ms, `Paging.stream` without options",
    "wall against the official SDK's loop",
    plainToOfficial,
    0.3
  )
  row(work, `wall against raw undici in 8 loops (${seconds.raw.toFixed(2)} s)`, toRaw, 1.05)
  row(
    work,
    `peak of the heap while streaming, MB (the first 1,000 alone: ${memory.tenth.toFixed(1)}; collected: ${
      memory.collecting.toFixed(1)
    })`,
    memory.streaming,
    Math.max(memory.tenth * 1.5, 3),
    (megabytes) => megabytes.toFixed(1)
  )
}

if (isWanted("decode")) {
  say("decoding")
  const { page, withoutMarkets } = await decode(rounds)
  row(`decode 50 saved tracks (${page.kilobytes.toFixed(0)} kB)`, "time against JSON.parse", page.inPlace, 0.8)
  row(
    `the same without \`available_markets\`, as in Development Mode (${withoutMarkets.kilobytes.toFixed(0)} kB)`,
    "time against JSON.parse",
    withoutMarkets.inPlace,
    0.8
  )
  tables.push(
    `Decoding against \`JSON.parse\` of the same page: in place ${times(page.inPlace)} (${
      times(withoutMarkets.inPlace)
    } without \`available_markets\`), by Schema's decoder ${times(page.byDecoder)} (${
      times(withoutMarkets.byDecoder)
    }).`
  )
}

if (isWanted("budget")) {
  say("10 requests a second, 200 calls: a minute")
  const { learned, official, told } = await budget(server)
  const work = "10 requests a second allowed, 200 calls, 50 at once"
  const count = (value: number) => value.toFixed(0)
  row(work, "told the rate: wall against the ideal", told.seconds / ideal, 1.05)
  row(work, "told the rate: answers 429", told.refused, 2, count)
  row(work, "left to learn it: wall against the ideal", learned.seconds / ideal, 1.15)
  row(work, "left to learn it: answers 429", learned.refused, 60, count)
  tables.push(
    `${work}: the official SDK with its user's retry took ${
      times(official.seconds / ideal)
    } of the ideal and ${official.refused} answers 429.`
  )
}

if (isWanted("writes")) {
  say("5,000 items")
  const { inOrder, requests } = await writes()
  row("5,000 items into a playlist", `requests (${inOrder ? "in order" : "NOT in order"})`, requests, 50, String)
}

if (isWanted("start")) {
  say("start")
  const { bundled, effectBundled, effectModules, millis, modules } = await start(server.fast, rounds)
  const work = "import one group and make the first call, whole process, fetch"
  row(
    work,
    `as modules against the official SDK (${millis.ours.toFixed(0)} ms; effect's HttpClient alone: ${
      times(effectModules)
    })`,
    modules,
    3
  )
  row(
    work,
    `bundled against the official SDK (${millis.oursBundled.toFixed(0)} ms; effect's HttpClient alone: ${
      times(effectBundled)
    })`,
    bundled,
    1.15
  )
}

if (isWanted("size")) {
  say("size")
  const { effect, largest, official, own, whole } = await size()
  const work = "a browser program with one operation and PKCE, minified, gzip"
  const kilo = (value: number) => value.toFixed(1)
  row(work, `whole, kB (effect alone: ${kilo(effect)}; official SDK: ${kilo(official)})`, whole, 92, kilo)
  row(work, "our own share, kB", own, 12, kilo)
  tables.push(
    `What our own share is made of, minified, before gzip:\n\n` +
      table(["module", "bytes"], largest.map(({ bytes, name }) => [`\`${name}\``, String(bytes)]))
  )
}

const summary = table(
  ["work", "measure", "measured", "target", ""],
  rows.map(({ isMet, measure, target, value, work }) => [work, measure, value, target, isMet ? "met" : "missed"])
)
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "CPU"}, Node ${process.versions.node}, ${process.platform}, ${
  new Date().toISOString().slice(0, 10)
}`

const burstRounds = Math.min(rounds, 3)
let burstTable: string | undefined
if (isWanted("burst")) {
  say("a burst of refreshes")
  const cell = (value: number, { digits, unit }: { readonly digits: number; readonly unit: string }) =>
    `${value.toFixed(digits)}${unit}`
  const all = await burst(burstRounds, say)
  for (const { digits, measure, target, unit, value, work } of all) {
    row(work, measure, value, target, (value) => value.toFixed(digits), unit)
  }
  burstTable = table(
    ["work", "measure", "before", "measured", "target", ""],
    all.map((row) => [
      row.work,
      row.measure,
      row.before,
      cell(row.value, row),
      `≤ ${cell(row.target, row)}`,
      row.value <= row.target ? "met" : "missed"
    ])
  )
}

let fleetTable: string | undefined
if (isWanted("fleet")) {
  say("a fleet under one budget")
  const all = await fleet(server, burstRounds, say)
  for (const { digits, isAtLeast, measure, target, value, work } of all) {
    row(work, measure, value, target, (value) => value.toFixed(digits), "", isAtLeast)
  }
  fleetTable = table(
    ["work", "measure", "before", "measured", "target", ""],
    rows.slice(-all.length).map(({ isMet, measure, target, value, work }, i) => [
      work,
      measure,
      all[i]?.before ?? "",
      value,
      target,
      isMet ? "met" : "missed"
    ])
  )
}

server.stop()
console.log(
  `\n${machine}\n\n${[summary, ...tables, burstTable, fleetTable].filter((part) => part !== undefined).join("\n\n")}\n`
)

/** A section of the page, which ends where the next one begins; empty where there is none. */
const sectionOf = (page: string, title: string): string => {
  const start = page.indexOf(title)
  const end = page.indexOf("\n## ", start)
  return start < 0 ? "" : page.slice(start, end < 0 ? undefined : end + 1)
}

const burstTitle = "## A burst of refreshes"
const fleetTitle = "## A fleet under one budget"
const limitsTitle = "## Where the limits lie"

if (process.argv.includes("--write")) {
  const file = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url))
  const page = readFileSync(file, "utf8")
  const roundsOf = `${burstRounds} round${burstRounds === 1 ? "" : "s"}`
  const burstSection = burstTable === undefined ? sectionOf(page, burstTitle) : `${burstTitle}

The tokens of many users are over, and all of them call at once, 64 of them under way; the token endpoint takes 100 ms. Ideal is users ÷ 64 × 100 ms; the library adds what it computes, so that the row of the store in memory, which also tells how busy the machine was, is what the others stand beside. "Before" was measured on 2026-11-29, on a machine that did nothing else, when a store's lock was held while Spotify was asked. \`npm run bench -- --only=burst --write\` writes this section alone, here on ${machine}, the median of ${roundsOf}.

${burstTable}

`
  const fleetSection = fleetTable === undefined ? sectionOf(page, fleetTitle) : `${fleetTitle}

400 calls by processes with 25 fibers each, against a server that allows 10 requests a second, 10 of them at once (\`Retry-After: 1\`). Ideal is 39 seconds. "Before" was measured on 2026-11-29, without a shared budget. \`npm run bench -- --only=fleet --write\` writes this section alone, here on ${machine}, the median of ${roundsOf}.

${fleetTable}

`
  const notes = readFileSync(new URL("../notes.md", import.meta.url), "utf8")
  writeFileSync(
    file,
    only.length === 1 && (burstTable ?? fleetTable) !== undefined
      ? [burstTitle, fleetTitle].reduce((rest, title) => rest.replace(sectionOf(rest, title), ""), page)
        .replace(limitsTitle, () => burstSection + fleetSection + limitsTitle)
      : `# Benchmarks

\`npm run bench\` makes this page (\`-- --write\`), on ${machine}. All contenders of a table are measured in one run, in turn, against a local server in a process of its own; a figure is the median of ${rounds} rounds (${
        Math.min(rounds, 5)
      } for the library), and a ratio that of the rounds' ratios. Validation and spans are on.

${summary}

${tables.join("\n\n")}

${burstSection}${fleetSection}${notes}`
  )
}
const missed = rows.filter(({ isMet }) => !isMet)
if (process.argv.includes("--check") && missed.length > 0) {
  say(`${missed.length} of ${rows.length} targets missed`)
  process.exitCode = 1
}
process.exit()
