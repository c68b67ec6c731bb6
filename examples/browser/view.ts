/** What the page shows, and what the user does with it: each click to wait for is an effect. */
import type { SavedAlbum } from "effect-spotify/model/Album"
import type { Image as Picture } from "effect-spotify/model/Common"
import type { PrivateUser } from "effect-spotify/model/User"
import * as SpotifyId from "effect-spotify/SpotifyId"
import * as Effect from "effect/Effect"

const find = (root: ParentNode, selector: string): HTMLElement => {
  const element = root.querySelector<HTMLElement>(selector)
  if (element === null) throw new Error(`index.html has no ${selector}`)
  return element
}

const clone = (template: string) => {
  const element = find(document, `#${template}`)
  if (!(element instanceof HTMLTemplateElement)) throw new Error(`#${template} of index.html isn't a template`)
  return document.importNode(element.content, true)
}

/** Puts a template in place of what is shown. */
const show = (template: string) => {
  const content = clone(template)
  const parts = [...content.children]
  for (const element of document.querySelectorAll("body > :not(template, noscript)")) element.remove()
  document.body.prepend(content)
  // A keyboard or a screen reader goes on from here, not from the button that is gone.
  const heading = parts.map((part) => part.querySelector("h1")).find((heading) => heading !== null)
  heading?.setAttribute("tabindex", "-1")
  heading?.focus({ preventScroll: true })
  window.scrollTo(0, 0)
}

const setText = (element: HTMLElement, text: string) => {
  element.textContent = text
  element.hidden = text === ""
}

const clicked = (element: HTMLElement): Effect.Effect<void> =>
  Effect.async((resume) => {
    const listener = () => resume(Effect.void)
    element.addEventListener("click", listener, { once: true })
    return Effect.sync(() => element.removeEventListener("click", listener))
  })

/** When the element comes near the window, or is clicked: not everybody scrolls. */
const reached = (element: HTMLElement): Effect.Effect<void> => {
  const visible = Effect.async<void>((resume) => {
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        observer.disconnect()
        resume(Effect.void)
      }
    }, { rootMargin: "300px" })
    observer.observe(element)
    return Effect.sync(() => observer.disconnect())
  })
  return Effect.raceFirst(visible, clicked(element))
}

const initial = (name: string) => new Intl.Segmenter().segment(name.trim()).containing(0)?.segment ?? "?"

/** The smallest picture that is still sharp at a width. */
const picture = (images: ReadonlyArray<Picture> | null | undefined, width: number, name: string): Node => {
  const enough = (images ?? []).filter((image) => (image.width ?? Infinity) >= width)
  const url = (enough.at(-1) ?? images?.[0])?.url
  if (url === undefined) return document.createTextNode(initial(name))
  const image = new Image(width, width)
  image.loading = "lazy"
  image.alt = ""
  image.src = url
  return image
}

/** Asks for the sign-in; done when the user clicks. */
export const signIn = (notice: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    show("sign-in")
    setText(find(document, ".notice"), notice)
    return clicked(find(document, ".go"))
  })

/** Says what is wrong; done when the user wants to try again. */
export const problem = (message: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    show("problem")
    setText(find(document, ".what"), message)
    return clicked(find(document, ".go"))
  })

const card = ({ album }: SavedAlbum) => {
  const item = clone("album")
  find(item, "a").setAttribute("href", SpotifyId.url("album", album.id))
  find(item, ".cover").append(picture(album.images, 200, album.name))
  find(item, ".name").textContent = album.name
  find(item, ".by").textContent = album.artists.map((artist) => artist.name).join(", ")
  return item
}

/** The wall of covers, empty at first. */
export const library = (me: PrivateUser) =>
  Effect.sync(() => {
    show("library")
    const name = me.display_name ?? me.id
    find(document, ".account .name").textContent = name
    find(document, ".avatar").append(picture(me.images, 64, name))
    const wall = find(document, ".wall")
    const more = find(document, ".more")
    const loading = find(document, ".loading")
    const trouble = find(document, ".trouble")
    return {
      signOut: clicked(find(document, ".sign-out")),
      /** Adds a page; `total` where there are more. */
      append: (albums: ReadonlyArray<SavedAlbum | null>, total: number | undefined) =>
        Effect.sync(() => {
          wall.append(...albums.filter((album) => album !== null).map(card))
          const shown = wall.childElementCount
          find(document, ".count").textContent = total === undefined ? String(shown) : `${shown} of ${total}`
          find(document, ".empty").hidden = shown > 0
          loading.hidden = true
        }),
      /** Done when the user has come to the end of what is shown. */
      wantsMore: Effect.gen(function*() {
        more.hidden = false
        yield* reached(more)
        more.hidden = true
        loading.hidden = false
      }),
      /** Says why the next albums aren't there; done when the user wants to try again. */
      failed: (message: string) =>
        Effect.gen(function*() {
          loading.hidden = true
          trouble.hidden = false
          find(trouble, ".what").textContent = message
          yield* clicked(find(trouble, ".retry"))
          trouble.hidden = true
          loading.hidden = false
        })
    }
  })
