/**
 * For tests and examples: a Spotify that needs no network.
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 * @category testing
 */
export * as FakeSpotify from "./FakeSpotify.js"

/**
 * @since 0.2.0
 * @category testing
 */
export * as Sample from "./Sample.js"

/**
 * @since 0.2.0
 * @category testing
 */
export * as TestClient from "./TestClient.js"

/**
 * @since 0.2.0
 * @category testing
 */
export * as TokenStoreConformance from "./TokenStoreConformance.js"
