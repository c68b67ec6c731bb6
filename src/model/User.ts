/**
 * Users: the one who is signed in, and others.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { ExternalUrls, Followers, Image } from "./Common.js"

const publicUser = Schema.Struct({
  display_name: Shape.nullish(Schema.String),
  external_urls: Shape.nullish(ExternalUrls),
  followers: Shape.nullish(Followers),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Shape.nullish(Schema.Array(Image)),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "PublicUser" })

/**
 * A user as others see them, as owner of a playlist or the one who added an item (there `id` may be empty).
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-profile
 *
 * @since 0.1.0
 * @category models
 */
export interface PublicUser extends Schema.Schema.Type<typeof publicUser> {}

/**
 * The schema of {@link PublicUser}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PublicUser: Schema.Schema<PublicUser> = publicUser

const explicitContent = Schema.Struct({
  filter_enabled: Shape.nullish(Schema.Boolean),
  filter_locked: Shape.nullish(Schema.Boolean)
}).annotations({ identifier: "ExplicitContent" })

/**
 * The user's settings for explicit content.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExplicitContent extends Schema.Schema.Type<typeof explicitContent> {}

/**
 * The schema of {@link ExplicitContent}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ExplicitContent: Schema.Schema<ExplicitContent> = explicitContent

const privateUser = Schema.extend(
  PublicUser,
  Schema.Struct({
    account_id: Shape.nullish(Schema.String),
    country: Shape.nullish(Schema.String),
    email: Shape.nullish(Schema.String),
    explicit_content: Shape.nullish(ExplicitContent),
    product: Shape.nullish(Shape.open("premium", "free", "open"))
  })
).annotations({ identifier: "PrivateUser" })

/**
 * The user who is signed in. Link accounts by `account_id` (since May 2026), not by `id`. Scopes decide about
 * `email`, `country` and `product`; apps in Development Mode get none of them.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-current-users-profile
 *
 * @since 0.1.0
 * @category models
 */
export interface PrivateUser extends Schema.Schema.Type<typeof privateUser> {}

/**
 * The schema of {@link PrivateUser}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PrivateUser: Schema.Schema<PrivateUser> = privateUser
