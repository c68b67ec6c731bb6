// Peer dependencies are left out by default; the first two count them.
const whole = (config) => ({ ...config, external: [] })

export default [
  {
    name: "one operation in a browser, with effect and @effect/platform",
    path: "test/size/one-operation.js",
    gzip: true,
    modifyEsbuildConfig: whole,
    limit: "111.6 kB"
  },
  {
    name: "for comparison: effect, its HttpClient and Schema alone",
    path: "test/size/effect-alone.js",
    gzip: true,
    modifyEsbuildConfig: whole,
    limit: "81.2 kB"
  },
  {
    name: "one operation in a browser, our own share",
    path: "test/size/one-operation.js",
    gzip: true,
    limit: "27.6 kB"
  },
  {
    name: "the same with a token from elsewhere, our own share",
    path: "test/size/one-operation-token.js",
    gzip: true,
    limit: "19.8 kB"
  }
]
