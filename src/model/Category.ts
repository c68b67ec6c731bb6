/**
 * Categories by which Spotify sorts playlists for browsing.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { Image } from "./Common.js"

const category = Schema.Struct({
  href: Shape.nullish(Schema.String),
  icons: Schema.Array(Image),
  id: Schema.String,
  name: Schema.String
}).annotations({ identifier: "Category" })

/**
 * A category.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-category
 *
 * @since 0.1.0
 * @category models
 */
export interface Category extends Schema.Schema.Type<typeof category> {}

/**
 * The schema of {@link Category}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Category: Schema.Schema<Category> = category

const categories = Schema.Struct({
  categories: Page(Category)
}).annotations({ identifier: "Categories" })

/**
 * A page of categories.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-categories
 *
 * @since 0.1.0
 * @category models
 */
export interface Categories extends Schema.Schema.Type<typeof categories> {}

/**
 * The schema of {@link Categories}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Categories: Schema.Schema<Categories> = categories
